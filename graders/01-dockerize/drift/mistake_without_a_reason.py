# earns: Your finding says nothing of because.
hand_in("drift", health=200, predict=200, proba=500)
