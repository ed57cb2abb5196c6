"""The workbook that people work in: its columns, how it is written, how an edited one is read back, and how
what people wrote becomes corrections."""
