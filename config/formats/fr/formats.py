"""What Django's French formats lack: ISO first, and the thin space in numbers.

Browsers' date and time fields read and send ISO only, whatever they display. Django writes the first input format
into the field: with day/month/year first, a stored date would come back empty. Typed 25/10/2025 is read as well.
"""

THOUSAND_SEPARATOR = "\N{NARROW NO-BREAK SPACE}"
DATETIME_FORMAT = r"j F Y \à H:i"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"]
