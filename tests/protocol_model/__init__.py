"""The election protocol as a finite machine: every state that a few voters, one network and its enemies can reach.

`explorer` visits them, `voting` is the protocol while it runs, `linking` is what observers see of it, and
`publication` is an operator who publishes what they like. docs/model.md says what is in them and what is not.
"""
