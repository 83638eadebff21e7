#include "cli/project/platform_access.h"

#include <algorithm>
#include <vector>

#include "adit/error.h"
#include "cli/project/dev_certificate.h"
#include "cli/terminal/interrupts.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "http/server/local_access.h"

namespace adit::cli {
namespace {

/// `adit dev` serves HTTPS with its own self-signed certificate.
http::ClientOptions options_for(const deploy::Destination& to, const Environment& environment) {
  http::ClientOptions options;
  options.connect_timeout = environment.seconds("ADIT_CONNECT_TIMEOUT").value_or(options.connect_timeout);
  options.total_timeout = environment.seconds("ADIT_TIMEOUT").value_or(options.total_timeout);
  options.idle_timeout = std::chrono::minutes(2);  // a feed or an action answers when it has done its work
  const auto parts = http::split_url(to.api_host);
  const bool own_server = parts.origin.starts_with("https://") && http::is_this_machine(parts.host());
  if (own_server && Environment::process().get_or("SSL_CERT_FILE", "").empty())
    options.ca_file = dev_certificate("localhost").certificate_file;
  if (environment.origin_of("ADIT_ENDPOINTS") &&
      environment.origin_of("ADIT_ENDPOINTS")->source != SettingSource::project)
    options.endpoints = http::Endpoints::parse(environment.get_or("ADIT_ENDPOINTS", ""));
  return options;
}

class InterruptibleClient final : public http::Transport {
 public:
  explicit InterruptibleClient(http::ClientOptions options) : client_(std::move(options)) {}

  http::Response send(const http::Request& request) override { return stream(request, {}); }
  http::Response stream(const http::Request& request, const http::Streaming& streaming) override {
    auto interruptible = streaming;
    interruptible.stop = [] { return Interrupts::signal() != 0; };
    try {
      return client_.stream(request, interruptible);
    } catch (const Error&) {
      if (Interrupts::signal() != 0) throw Interrupted();
      throw;
    }
  }

 private:
  http::Client client_;
};

/// Returns the value of `--to`, or an empty text without the option. A word that is neither a platform nor a URL would
/// be taken for the name of a host, which would get the namespace's key.
std::string platform_named(const std::optional<std::string>& to) {
  static const std::vector<std::string> kPlatforms = {"local", "openwhisk", "adobe"};
  if (!to) return {};
  const auto word = trim(*to);
  if (word.empty())
    throw Error::configuration("invalid_destination", "--to is empty.")
        .hint(cat("Write ", join(kPlatforms, ", "), " or a URL, or omit the option."));
  const bool is_host = word.find_first_of(".:/") != std::string_view::npos || word == "localhost";
  if (is_host || std::ranges::find(kPlatforms, word) != kPlatforms.end()) return std::string(word);
  const auto meant = nearest(word, kPlatforms);
  throw Error::configuration("invalid_destination",
                             cat("--to: ", described(word, kPlatforms), " is neither a platform nor a URL."))
      .hint(meant ? cat("Did you mean ", *meant, "?")
                  : cat("Write ", join(kPlatforms, ", "), ", or a URL such as https://openwhisk.example."));
}

}  // namespace

void PlatformAccessOptions::add_to(Command command) {
  command
      .add_text(
          "--to", to,
          "local: `adit dev` on this machine, at its usual port; openwhisk, adobe: the host of AIO_runtime_apihost; or the URL of an OpenWhisk server; default: adobe, unless AIO_runtime_apihost names another host")
      .type_name("PLATFORM");
  project.add_to(command);
}

PlatformSession::PlatformSession(const PlatformAccessOptions& options)
    : options_(options),
      settings_(options.project.settings()),
      destination_(deploy::Destination::of(settings_.environment, platform_named(options.to))),
      http_(std::make_unique<InterruptibleClient>(options_for(destination_, settings_.environment))) {}

void PlatformSession::require_namespace() const {
  if (destination_.platform != deploy::PlatformKind::adobe || destination_.namespace_origin) return;
  throw Error::configuration("missing_params", "AIO_runtime_namespace is not set, so the namespace is not known.")
      .hint(
          "Set AIO_runtime_namespace and AIO_runtime_auth in .env; `adit import` takes them from the file that Adobe Developer Console offers.");
}

deploy::OpenWhiskClient PlatformSession::reader() {
  require_namespace();
  if (destination_.key.empty())
    throw Error::configuration("missing_params",
                               cat("AIO_runtime_auth, the namespace's key, is not set for ", destination_.shown(), "."))
        .hint(
            destination_.platform == deploy::PlatformKind::adobe
                ? "Set AIO_runtime_auth in .env; `adit import` takes it from the file that Adobe Developer Console offers."
                : "Set AIO_runtime_auth in .env, which `adit dev` also reads, or use the key that `adit dev` prints.");
  return {{.base = destination_.api_host, .name_space = destination_.name_space, .key = destination_.key, .token = {}},
          *http_};
}

deploy::OpenWhiskClient PlatformSession::deployer() {
  deployer_origin_ = destination_.key_origin;
  if (destination_.platform != deploy::PlatformKind::adobe) return reader();
  require_namespace();
  auto project = options_.project;
  if (!project.grant) project.grant = "oauth";
  const auto credentials = project.credentials(settings_.environment);
  deployer_origin_ = credentials.secret_origin();
  if (deployer_origin_) destination_.refuse_untrusted(*deployer_origin_);
  ims_ = std::make_unique<ProjectSession>(options_.project, settings_.environment);
  return {{.base = destination_.write_url,
           .name_space = destination_.name_space,
           .key = destination_.key,
           .token = ims_->source(credentials)},
          *http_};
}

}  // namespace adit::cli
