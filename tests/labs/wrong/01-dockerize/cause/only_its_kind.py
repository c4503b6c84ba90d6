# earns: that is a part of the line on which the request ended.
hand_in("cause", because="AttributeError")
