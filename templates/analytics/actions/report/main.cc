#include "report.h"

ADIT_ACTION(run)
