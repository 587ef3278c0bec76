"""The import of a maquette in the browser: a workbook sent, looked at, corrected, compared, confirmed."""
