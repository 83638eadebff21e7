#include "config/secret_destination.h"

#include "base/text/text.h"

namespace adit {

void refuse_untrusted_destination(const SettingOrigin& secret, const SettingOrigin& destination,
                                  std::string_view allow) {
  if (destination.source != SettingSource::project || secret.source == SettingSource::project) return;
  throw Error::configuration("untrusted_destination", cat(destination.name, " in this file would decide where ",
                                                          secret.name, ", from ", secret.where.to_string(), ", goes."))
      .hint(cat("A project's file may not send your own secrets anywhere. If you trust it, ", allow,
                "; otherwise remove the line."))
      .at(destination.where);
}

const SettingOrigin& more_trusted(const SettingOrigin& a, const SettingOrigin& b) {
  return a.source < b.source ? b : a;
}

}  // namespace adit
