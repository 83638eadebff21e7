#include "cli/project/registration.h"

#include <algorithm>
#include <map>
#include <set>

#include "adit/error.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "system/files/user_folders.h"

namespace adit::cli {
namespace {

template <typename Value>
void add_missing(std::vector<Value>& to, const std::vector<Value>& from) {
  for (const auto& value : from) {
    if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
  }
}

void add_or_merge(std::vector<emulator::Integration>& integrations, emulator::Integration integration) {
  const auto same = std::find_if(integrations.begin(), integrations.end(), [&](const emulator::Integration& known) {
    return known.client_id == integration.client_id;
  });
  if (same == integrations.end()) {
    integrations.push_back(std::move(integration));
    return;
  }
  add_missing(same->client_secrets, integration.client_secrets);
  add_missing(same->public_keys, integration.public_keys);
  add_missing(same->metascopes, integration.metascopes);
  add_missing(same->scopes, integration.scopes);
  if (same->org_id.empty()) same->org_id = integration.org_id;
  if (same->technical_account_id.empty()) same->technical_account_id = integration.technical_account_id;
}

}  // namespace

emulator::Integration integration_of(const Credentials& credentials) {
  emulator::Integration integration;
  integration.client_id = credentials.client_id();
  integration.client_secrets = {credentials.client_secret()};
  integration.org_id = credentials.org_id();
  if (const auto* jwt = credentials.jwt()) {
    integration.technical_account_id = jwt->technical_account_id;
    integration.public_keys = {jwt->private_key.public_key()};
    integration.metascopes = jwt->metascopes;
  } else {
    integration.scopes = credentials.oauth()->scopes;
  }
  return integration;
}

std::vector<emulator::Integration> integrations_found(const Environment& environment, const json::object* params) {
  std::vector<emulator::Integration> integrations;
  // Each kind once: an action's parameters usually lack the same settings as the environment.
  std::map<Grant, std::string> incomplete;
  std::set<std::string> skipped;
  const auto add = [&](Grant grant, const auto& read) {
    try {
      add_or_merge(integrations, integration_of(read()));
    } catch (const Error& error) {
      if (error.code() == "missing_params") {
        incomplete.insert_or_assign(grant, error.message());
      } else {
        skipped.insert(error.message());
      }
    }
  };
  for (const auto grant : {Grant::jwt, Grant::oauth}) {
    if (params != nullptr) add(grant, [&] { return Credentials::from_params(*params, grant); });
    add(grant, [&] { return Credentials::from_environment(environment, grant); });
  }
  // If there are credentials of one kind, even invalid ones, do not ask for those of the other.
  if (integrations.empty() && skipped.empty()) {
    for (const auto& [grant, why] : incomplete) skipped.insert(why);
  }
  for (const auto& why : skipped) log(LogLevel::debug, cat("the emulator skips credentials: ", why));
  return integrations;
}

std::string emulator_key_file() {
  const auto folder = cache_folder();
  return folder.empty() ? std::string() : cat(folder, "/emulator-key.pem");
}

}  // namespace adit::cli
