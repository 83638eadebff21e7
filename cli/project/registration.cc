#include "cli/project/registration.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "adit/error.h"
#include "adit/log.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

template <typename Value>
void add_missing(std::vector<Value>& to, const std::vector<Value>& from) {
  for (const auto& value : from) {
    if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
  }
}

void add_or_merge(std::vector<emulator::Integration>& clients, emulator::Integration client) {
  const auto same = std::find_if(clients.begin(), clients.end(), [&](const emulator::Integration& known) {
    return known.client_id == client.client_id;
  });
  if (same == clients.end()) {
    clients.push_back(std::move(client));
    return;
  }
  add_missing(same->client_secrets, client.client_secrets);
  add_missing(same->public_keys, client.public_keys);
  add_missing(same->metascopes, client.metascopes);
  add_missing(same->scopes, client.scopes);
  if (same->org_id.empty()) same->org_id = client.org_id;
  if (same->technical_account_id.empty()) same->technical_account_id = client.technical_account_id;
}

}  // namespace

emulator::Integration integration_of(const Credentials& credentials) {
  emulator::Integration client;
  client.client_id = credentials.client_id();
  client.client_secrets = {credentials.client_secret()};
  client.org_id = credentials.org_id();
  if (const auto* jwt = credentials.jwt()) {
    client.technical_account_id = jwt->technical_account_id;
    client.public_keys = {jwt->private_key.public_key()};
    client.metascopes = jwt->metascopes;
  } else {
    client.scopes = credentials.oauth()->scopes;
  }
  return client;
}

std::vector<emulator::Integration> integrations_found(const Environment& environment, const json::object* params) {
  std::vector<emulator::Integration> clients;
  // Each kind once: an action's parameters usually lack the same settings as the environment.
  std::map<Grant, std::string> not_whole;
  std::set<std::string> skipped;
  const auto add = [&](Grant grant, const auto& read) {
    try {
      add_or_merge(clients, integration_of(read()));
    } catch (const Error& error) {
      if (error.code() == "missing_params") {
        not_whole.insert_or_assign(grant, error.message());
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
  if (clients.empty() && skipped.empty()) {
    for (const auto& [grant, why] : not_whole) skipped.insert(why);
  }
  for (const auto& why : skipped) log(LogLevel::debug, cat("the emulator skips credentials: ", why));
  return clients;
}

std::string emulator_key_file() {
  // https://specifications.freedesktop.org/basedir-spec: ignore a relative path.
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return cat(cache, "/adit/emulator-key.pem");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return cat(home, "/.cache/adit/emulator-key.pem");
  }
  return {};
}

}  // namespace adit::cli
