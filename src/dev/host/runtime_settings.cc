#include "dev/host/runtime_settings.h"

#include <string_view>

#include "base/text/text.h"
#include "config/secret_destination.h"
#include "dev/host/activation_record.h"

namespace adit::dev {

RuntimeSettings RuntimeSettings::of(const Environment& environment) {
  RuntimeSettings settings;
  const auto setting = [&environment](std::string_view name) {
    const auto* variable = environment.find_ignoring_case(name);
    return variable != nullptr && !variable->value.empty() ? variable : nullptr;
  };
  const auto* host = setting("AIO_runtime_apihost");
  const auto* key = setting("AIO_runtime_auth");
  if (host != nullptr && key != nullptr)
    refuse_untrusted_destination({"AIO_runtime_auth", key->source, key->origin},
                                 {"AIO_runtime_apihost", host->source, host->origin},
                                 "set AIO_runtime_apihost in the environment");
  if (const auto* name = setting("AIO_runtime_namespace")) settings.name_space = name->value;
  if (host != nullptr) settings.api_host = host->value;
  if (key != nullptr) settings.api_key = Secret(key->value);
  return settings;
}

Secret make_api_key() {
  const auto id = make_activation_id();
  auto text = cat(id.substr(0, 8), '-', id.substr(8, 4), '-', id.substr(12, 4), '-', id.substr(16, 4), '-',
                  id.substr(20), ':', make_activation_id(), make_activation_id());
  return Secret::taken_from(text);
}

}  // namespace adit::dev
