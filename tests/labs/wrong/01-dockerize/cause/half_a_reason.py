# earns: That is not the error on which the request ended.
hand_in("cause", because="Internal Server Error")
