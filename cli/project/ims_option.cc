#include "cli/project/ims_option.h"

#include "adit/error.h"
#include "adit/http.h"
#include "adit/log.h"
#include "cli/project/registration.h"

#include "base/text/text.h"
#include "config/secret_destination.h"
#include "http/client/local_emulator.h"
#include "http/client/settings.h"
#include "http/destination_log.h"

namespace adit::cli {
namespace {

Environment::Variable decided_by(const std::vector<SettingOrigin>& settings, std::string value) {
  // The origin is the option --ims or the default, unless a setting decides.
  Environment::Variable variable{std::move(value), {"the command line", 0, 0}, SettingSource::command_line};
  for (const auto& setting : settings) {
    if (variable.source < setting.source) continue;
    variable.source = setting.source;
    variable.origin = setting.where;
  }
  return variable;
}

}  // namespace

void OpenedIms::refuse_untrusted(const SettingOrigin& secret) const {
  for (const auto& setting : deciding) {
    const auto allow = cat("set ", setting.name, " in the environment");
    refuse_untrusted_destination(secret, setting,
                                 setting.name == "ADIT_ENDPOINTS"
                                     ? cat(allow, ", or name the IMS with --ims, so that this line is ignored")
                                     : cat("name the IMS with --ims, or ", allow));
  }
}

http::ClientOptions OpenedIms::client_options(const Environment& environment) const {
  return http::client_options(environment, endpoints);
}

void ImsOption::add_to(Command command) {
  command
      .add_text(
          "--ims", text_,
          "The IMS to use: local (an emulator inside this command), prod, stage or a URL; default: ADIT_IMS, then AIO_CLI_ENV, then prod")
      .type_name("IMS");
}

void ImsOption::take_routes(const Environment& environment, OpenedIms& opened) const {
  const auto routes = environment.origin_of("ADIT_ENDPOINTS");
  if (!routes) return;
  if (text_ && routes->source <= SettingSource::user_file) {
    log(LogLevel::info, cat("ADIT_ENDPOINTS of ", routes->where.to_string(), " is ignored, because --ims is given"));
    opened.variables.emplace_back("ADIT_ENDPOINTS", decided_by({}, ""));
    return;
  }
  opened.endpoints = http::logged_endpoints(environment);
  opened.deciding.push_back(*routes);
}

OpenedIms ImsOption::open(const Environment& environment, const json::object* params) const {
  const auto asked = std::string(trim(text_ ? *text_ : environment.get_or("ADIT_IMS", "")));
  // A secret must not go to another IMS because a variable is not set.
  if (text_ && asked.empty())
    throw Error::configuration("invalid_ims", "--ims is empty.")
        .hint("Write local, prod, stage or a URL, or omit the option.");
  OpenedIms opened;
  take_routes(environment, opened);
  std::vector<SettingOrigin> deciding;
  if (asked == "local") {  // from any source, because the secret stays in this process
    emulator::Options options;
    options.integrations = integrations_found(environment, params);
    options.key_file = emulator_key_file();
    opened.emulator = std::make_unique<emulator::Emulator>(std::move(options));
    opened.ims = ims::Ims{opened.emulator->origin()};
    opened.endpoints = http::with_emulator(opened.endpoints, opened.emulator->origin());
  } else {
    opened.ims = asked.empty() ? ims::Ims::from_environment(environment) : ims::Ims::parse(asked);
    if (const auto setting = ims::Ims::deciding_setting(environment); setting && !text_) deciding.push_back(*setting);
    if (http::is_local_emulator(opened.ims.url, opened.endpoints)) {
      const auto origin = http::origin_of(opened.ims.url);
      http::log_at_first_use(
          origin, cat(opened.ims.url, " is an adit emulator; requests for Adobe's IMS and API hosts go there"));
      opened.endpoints = http::with_emulator(opened.endpoints, origin);
    }
  }
  opened.variables.emplace_back("ADIT_IMS", decided_by(deciding, opened.ims.url));
  opened.deciding.insert(opened.deciding.end(), deciding.begin(), deciding.end());
  if (!opened.endpoints.empty())
    opened.variables.emplace_back("ADIT_ENDPOINTS", decided_by(opened.deciding, opened.endpoints.to_string()));
  return opened;
}

}  // namespace adit::cli
