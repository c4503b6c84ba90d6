# earns: Your finding says nothing of proba.
hand_in("drift", health=200, predict=200)
