"""English dates and times as the pages' sentences write them ("14 January, 20:43"), and as their
scripts do (static/js/page.js).
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
