#include "adit/version.h"

#include "base/version_config.h"

namespace adit {

std::string_view version() { return ADIT_VERSION; }

std::string_view user_agent() { return "adit/" ADIT_VERSION; }

}  // namespace adit
