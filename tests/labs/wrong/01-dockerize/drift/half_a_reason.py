# earns: That is not the error on which the request ended.
hand_in("drift", health=200, predict=200, proba=500, because="Internal Server Error")
