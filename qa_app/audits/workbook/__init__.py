"""The council's old audit workbook: read, checked, and loaded as history."""
