"""The simulator: one learner's cloud as a value, with time, an agenda of what happens next and every service's records.

Knows nothing about sockets, files, threads, the wall clock, HTTP, boto3 or moto. What it must know of the services that
somebody else keeps (EC2, IAM) it asks through `neighbours.Neighbours`.
"""
