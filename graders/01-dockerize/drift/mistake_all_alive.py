# earns: You found that /proba answers 200
hand_in("drift", health=200, predict=200, proba=200)
