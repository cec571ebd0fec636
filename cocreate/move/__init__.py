"""One brand, with its people, from one install to another (docs/decisions/0072).

`plan` says of every table whether it goes along, `people` which accounts, `leaving` writes the
file, `arriving` puts it into another install, `farewell` takes the brand out of the old one.
"""
