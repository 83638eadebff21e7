#include "cli/terminal/user_config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "adit/error.h"

#include "base/text/text.h"
#include "config/ignored_lines.h"
#include "system/files/user_folders.h"

namespace adit::cli {
namespace {

constexpr std::array<Setting, 17> kSettings = {{
    {"ADIT_IMS", "The IMS: `prod`, `stage`, a URL, or in commands `local`, the emulator inside adit", true, true},
    {"AIO_CLI_ENV", "`stage` or `prod`, as for the aio CLI; ADIT_IMS overrides it", true, true},
    {"ADIT_ENDPOINTS",
     "Pairs `origin=origin`, separated by commas: requests for the first go to the second; `https://*.example.com` is every host below example.com",
     true, true},
    {"ADIT_TOKEN_STORE",
     "Where tokens are kept and shared: `memory:`, `file:FOLDER`, `redis://…`, `rediss://…`, `unix:SOCKET`", true,
     true},
    {"ADIT_TOKEN_TIMEOUT", "How many seconds a caller waits for a token, retries included (30)", true, true},
    {"ADIT_CONNECT_TIMEOUT", "The time limit for opening a connection, in seconds (10)", true, true},
    {"ADIT_TIMEOUT", "The time limit for a whole HTTP exchange, in seconds (30)", true, true},
    {"ADIT_IDLE_TIMEOUT", "How many seconds may pass without a byte (15)", true, true},
    {"ADIT_API_HOSTS", "Hosts, besides Adobe's, that may receive tokens", true, true},
    {"ADIT_CONSOLE_ORG", "The organisation's number in the Developer Console, for `adit ims secrets`", true, true},
    {"ADIT_CONSOLE_CREDENTIAL", "The credential's number in the Developer Console, for `adit ims secrets`", true, true},
    {"ADIT_NODE", "The Node.js that runs JavaScript actions (`node` of the PATH)", true, true},
    {"ADIT_CONCURRENCY", "How many activations an action's program serves at once over HTTP (50)", false, false},
    {"ADIT_LOG", "`debug`, `info` (default), `warn`, `error`, `off`", true, false},
    {"NO_COLOR", "If it is not empty, adit prints without colours (https://no-color.org)", true, false},
    {"SSL_CERT_FILE, SSL_CERT_DIR", "Certificate authorities to trust besides, or instead of, the system's", false,
     false},
    {"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Proxies, as curl reads them; never used for this machine's own addresses",
     false, false},
}};

void refuse_unknown(const EnvFile& file) {
  std::vector<std::string> known;
  for (const auto& setting : kSettings)
    if (setting.in_config) known.emplace_back(setting.name);
  for (const auto& entry : file.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const auto meant = nearest(entry.key, known);
    throw Error::configuration("unknown_setting", cat(entry.key, " is not a setting of the configuration file."))
        .hint(meant ? cat("Did you mean ", *meant, "?") : cat("The settings are: ", join(known, ", "), "."))
        .at(file.path, entry.line);
  }
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::string user_config_path() {
  const auto folder = config_folder();
  return folder.empty() ? std::string() : cat(folder, "/config");
}

std::optional<EnvFile> read_user_config() {
  const auto path = user_config_path();
  std::error_code unknown;
  if (path.empty() || !std::filesystem::exists(path, unknown)) return std::nullopt;
  auto file = EnvFile::read(path);
  if (const auto ignored = ignored_lines(read_file(path)); !ignored.empty())
    throw Error::configuration("invalid_config", "This line is neither NAME=value nor a comment.")
        .hint("Write for example: ADIT_IMS=stage")
        .at(path, ignored.front());
  refuse_unknown(file);
  return file;
}

}  // namespace adit::cli
