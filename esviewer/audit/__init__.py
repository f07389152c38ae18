"""What is wrong with a store, and what proves that nothing is: checks, findings, the schema catalogue, seals."""
