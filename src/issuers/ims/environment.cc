#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/ims.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

/// The message does not quote the text, which may contain a password.
Error invalid_ims(std::string_view text, std::string_view why) {
  const std::vector<std::string> words = {"prod", "stage", "local"};
  return Error::configuration("invalid_ims", cat("The IMS (", described(text, words), ") is invalid: ", why, "."))
      .hint("Write prod, stage, or the base URL of an IMS, such as http://127.0.0.1:9001.");
}

}  // namespace

Ims Ims::prod() { return {"https://ims-na1.adobelogin.com"}; }

Ims Ims::stage() { return {"https://ims-na1-stg1.adobelogin.com"}; }

Ims Ims::parse(std::string_view text) {
  text = trim(text);
  if (text == "prod") return prod();
  if (text == "stage") return stage();
  if (text == "local") {
    throw Error::configuration("invalid_ims",
                               "'local' is the emulator inside an adit command, and this is not an adit command.")
        .hint("Start `adit emulator` and give the URL that it prints.");
  }
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) throw invalid_ims(text, "it is neither prod nor stage nor a URL");
  // Messages would show the credentials of a URL. Paths are appended, which a query or fragment does not allow.
  const auto authority = text.substr(scheme_end + 3, text.find('/', scheme_end + 3) - (scheme_end + 3));
  if (authority.find('@') != std::string_view::npos) {
    throw invalid_ims(text, "a URL with a user name is not accepted");
  }
  if (text.find_first_of("?#") != std::string_view::npos) throw invalid_ims(text, "it has a query or a fragment");
  std::string origin;
  try {
    origin = http::origin_of(text);
  } catch (const Error& error) {
    throw invalid_ims(text, "it is not an http or https URL");
  }
  const auto path_begin = text.find('/', scheme_end + 3);
  std::string url = origin + std::string(path_begin == std::string_view::npos ? "" : text.substr(path_begin));
  while (url.ends_with('/')) url.pop_back();
  return {std::move(url)};
}

std::optional<SettingOrigin> Ims::deciding_setting(const Environment& environment) {
  if (auto url = environment.origin_of("ADIT_IMS")) return url;
  // As Adobe's clients: @adobe/aio-lib-env reads AIO_CLI_ENV; in Runtime, development namespaces belong to stage
  // (docs/protocols/ims.md).
  if (environment.get_or("AIO_CLI_ENV", "") == "stage") return environment.origin_of("AIO_CLI_ENV");
  if (environment.get_or("__OW_NAMESPACE", "").starts_with("development-"))
    return environment.origin_of("__OW_NAMESPACE");
  return std::nullopt;
}

Ims Ims::from_environment(const Environment& environment) {
  const auto deciding = deciding_setting(environment);
  if (!deciding) return prod();
  return deciding->name == "ADIT_IMS" ? parse(environment.get_or("ADIT_IMS", "")) : stage();
}

Ims Ims::from_process() {
  // An action calls this in each activation. The variables rarely change, and copying the whole environment takes
  // longer than returning a token from memory.
  using Variables = std::array<std::optional<std::string>, 3>;
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  const Variables now = {variable("ADIT_IMS"), variable("AIO_CLI_ENV"), variable("__OW_NAMESPACE")};
  static std::mutex mutex;
  // Never destroyed: threads may call this while the process ends.
  static auto& known = *new std::optional<std::pair<Variables, Ims>>;
  const std::lock_guard lock(mutex);
  if (!known || known->first != now) known.emplace(now, from_environment(Environment::process()));
  return known->second;
}

}  // namespace adit::ims
