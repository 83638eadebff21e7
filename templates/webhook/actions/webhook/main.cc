#include "webhook.h"

ADIT_ACTION(run)
