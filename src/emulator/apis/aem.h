#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of AEM as a Cloud Service, author and publish: a small tree of assets, read by Sling's JSON and by the
/// Assets HTTP API
/// (https://experienceleague.adobe.com/en/docs/experience-manager-cloud-service/content/assets/admin/mac-api-assets).
/// AEM requires a token, but no API key, and accepts only technical accounts of the same environment.
[[nodiscard]] std::vector<Route> aem_routes();

}  // namespace adit::emulator
