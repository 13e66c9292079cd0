"""What is published of the documents: JSON Schemas for editors, and the pages about fields and rules."""
