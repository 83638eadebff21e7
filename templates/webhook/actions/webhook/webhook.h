#pragma once

#include "adit/action.h"

/// A webhook for Adobe I/O Events (https://developer.adobe.com/events/docs/guides/). Answers the challenge of the
/// registration, and accepts (200) events that Adobe signed for WEBHOOK_CLIENT_ID. Everything else is 401 or 400.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
