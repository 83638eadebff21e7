#include "adit/dev/host/runtime_settings.h"

#include <string_view>

#include "adit/base/text.h"
#include "adit/dev/host/activation_record.h"

namespace adit::dev {

RuntimeSettings RuntimeSettings::of(const Environment& environment) {
  RuntimeSettings settings;
  const auto setting = [&environment](std::string_view name) {
    const auto* variable = environment.find_ignoring_case(name);
    return variable != nullptr ? variable->value : WipedString();
  };
  if (auto name = setting("AIO_runtime_namespace"); !name.empty()) settings.name_space = std::move(name);
  if (auto host = setting("AIO_runtime_apihost"); !host.empty()) settings.api_host = std::move(host);
  auto key = setting("AIO_runtime_auth");
  settings.api_key = Secret::taken_from(key);
  return settings;
}

Secret make_api_key() {
  const auto id = make_activation_id();
  auto text = cat(id.substr(0, 8), '-', id.substr(8, 4), '-', id.substr(12, 4), '-', id.substr(16, 4), '-',
                  id.substr(20), ':', make_activation_id(), make_activation_id());
  return Secret::taken_from(text);
}

}  // namespace adit::dev
