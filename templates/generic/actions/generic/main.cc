#include "generic.h"

ADIT_ACTION(run)
