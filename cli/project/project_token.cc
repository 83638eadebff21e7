#include "cli/project/project_token.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "adit/api_client.h"
#include "adit/error.h"
#include "adit/log.h"

#include "app/project/project_root.h"
#include "base/text/text.h"
#include "config/secret_destination.h"
#include "issuers/ims/ims_issuer.h"
#include "system/files/user_folders.h"
#include "token/store/store_paths.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

/// Opens the store of the option or of ADIT_TOKEN_STORE. The default is files in the user's cache folder, so that a
/// second call needs no exchange.
std::shared_ptr<token::TokenStore> store_of(const ProjectOptions& options, const Environment& environment,
                                            const Credentials& credentials) {
  if (options.store && !options.store->empty()) return token::open_store(*options.store);
  if (const auto origin = environment.origin_of("ADIT_TOKEN_STORE"); origin && !options.store) {
    const auto url = environment.get_or("ADIT_TOKEN_STORE", "");
    if (const auto& secret = credentials.secret_origin(); secret && !token::is_memory(url))
      refuse_untrusted_destination(*secret, *origin, "give --store STORE, or set ADIT_TOKEN_STORE in the environment");
    if (origin->source == SettingSource::project)
      token::refuse_store_outside(url, environment.project_root(), origin->where);
    return token::open_store(url);
  }
  // Normal, because with HOME=/ it begins with `//`, which in `file://.cache` would make it relative.
  if (const auto folder = fs::path(cache_folder()).lexically_normal().string(); !folder.empty())
    return token::open_store(cat("file:", folder, "/tokens"));
  log(LogLevel::info, "there is no home folder, so the token is not kept; name a place with --store");
  return token::open_store("memory:");
}

/// Identifies the IMS whose tokens are in a store, by its URL and the route to it. The embedded emulator has a
/// different port each time but always the same signing key, so that its tokens stay valid.
std::string issuer_id(const OpenedIms& opened) {
  return opened.is_local() ? "local" : ims::issuer_id(opened.ims, opened.endpoints);
}

}  // namespace

void ProjectOptions::add_to(Command command, std::string_view env_file_help) {
  command
      .add_option(
          "--store", store,
          "Where to keep tokens: memory:, file:FOLDER, redis://…, rediss://…, unix:SOCKET; default: ADIT_TOKEN_STORE, then adit/tokens in your cache folder")
      .type_name("STORE");
  command.add_option("--grant", grant, "Which credential to use if both kinds are configured").one_of({"jwt", "oauth"});
  command.add_option("--env-file", env_file, std::string(env_file_help)).type_name("FILE");
  command.add_option("--project", project, "The project's folder; default: the nearest one above the current folder")
      .type_name("DIR");
  ims.add_to(command);
}

app::ProjectEnvironment ProjectOptions::settings() const {
  std::string root;
  try {
    root = app::find_project_root(project);
  } catch (const Error& error) {
    // A folder without a project may have a .env. A folder that does not exist is a mistake.
    if (std::error_code unknown; error.code() != "no_project" || (!project.empty() && !fs::exists(project, unknown)))
      throw;
    root = project.empty() ? "." : project;
  }
  return app::environment_for(root, env_file);
}

Credentials ProjectOptions::credentials(const Environment& environment) const {
  std::optional<Grant> wanted;
  if (grant) wanted = *grant == "jwt" ? Grant::jwt : Grant::oauth;
  return Credentials::from_environment(environment, wanted);
}

ProjectSession::ProjectSession(const ProjectOptions& options, const Environment& environment)
    : options_(options),
      environment_(environment),
      opened_(options.ims.open(environment)),
      http_(opened_.client_options(environment)) {}

void ProjectSession::refuse_untrusted_host(const Credentials& credentials, const std::string& url,
                                           const std::vector<std::string>& named) const {
  if (credentials.secret_origin()) refuse_untrusted_host(*credentials.secret_origin(), url, named);
}

void ProjectSession::refuse_untrusted_host(const SettingOrigin& secret, const std::string& url,
                                           const std::vector<std::string>& named) const {
  const auto setting = environment_.origin_of("ADIT_API_HOSTS");
  if (!setting) return;
  auto trusted = api::ApiHosts::adobe();
  for (const auto& pattern : named) trusted.add(pattern);
  if (trusted.add_targets(opened_.endpoints).contains(url)) return;
  refuse_untrusted_destination(secret, *setting,
                               "name the host with --api-host, or set ADIT_API_HOSTS in the environment");
}

TokenSource ProjectSession::source(const Credentials& credentials) {
  if (const auto& secret = credentials.secret_origin()) opened_.refuse_untrusted(*secret);
  auto policy = token::RefreshPolicy::from_environment(Environment::process());
  // A refresh in the background has no use: a command has no later callers.
  policy.refresh_share = 1;
  policy.total_deadline = environment_.seconds("ADIT_TOKEN_TIMEOUT").value_or(policy.total_deadline);
  if (!engine_) {
    token::EngineOptions options;
    options.store = store_of(options_, environment_, credentials);
    engine_ = std::make_unique<token::TokenEngine>(std::move(options));
  }
  return engine_->source(credentials, ims::ims_issuer(opened_.ims, http_, Clock::system(), issuer_id(opened_)), policy);
}

}  // namespace adit::cli
