# earns: There is no patient {name}-case-1.
lab.reset()
