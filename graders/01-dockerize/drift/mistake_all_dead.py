# earns: You found that /health answers 500
hand_in("drift", health=500, predict=500, proba=500)
