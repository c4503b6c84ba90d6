"""IAM's decisions: who asks, what a call asks for, what policies say of it, and how a refusal reads.

Knows nothing about who keeps users and policies, nor about worlds: `sandbox.authorization` brings those together.
"""
