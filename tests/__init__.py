"""Everything that proves something: judges, conversations, cases, and the tests of the tooling."""
