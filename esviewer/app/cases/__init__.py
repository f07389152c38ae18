"""Cases: what an investigator pins, kept in a file that opens again at the same places."""
