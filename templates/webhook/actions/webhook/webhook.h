#pragma once

#include "adit/action.h"

/// A webhook of Adobe I/O Events. Answers the challenge of its registration, and takes events that Adobe signed for
/// WEBHOOK_CLIENT_ID (https://developer.adobe.com/events/docs/guides/): 200; everything else is 401, or 400.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
