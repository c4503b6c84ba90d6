# earns: Your finding says nothing of because.
hand_in("cause", proba=500)
