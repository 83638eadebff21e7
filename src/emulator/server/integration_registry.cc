#include "emulator/server/integration_registry.h"

#include <algorithm>
#include <cstdint>

#include "adit/signing_key.h"

#include "base/random_bytes.h"
#include "base/secret/wiping.h"
#include "base/text/text.h"
#include "emulator/server/answer.h"
#include "emulator/server/fnv1a.h"

namespace adit::emulator {
namespace {

// Derived from the client id, so that it is the same at each start.
std::uint64_t hash_of(char salt, std::string_view text) { return fnv1a(cat(salt, text)); }

std::string made_up_technical_account(std::string_view client_id) {
  std::string digits;
  for (const char salt : {'a', 'b'}) {
    auto hash = hash_of(salt, client_id);
    for (int nibble = 0; nibble < 12; ++nibble, hash >>= 4U) digits += "0123456789ABCDEF"[hash & 15U];
  }
  return digits + "@techacct.adobe.com";
}

std::string new_uuid() { return replace_all(random_uuid(), "-", ""); }

// A secret needs unpredictable random numbers, unlike names and ids. The Console's secrets begin with `p8e-`, too.
Secret new_secret() {
  WipedString text("p8e-");
  append_wiping(text, random_hex(24));
  return Secret(text);
}

}  // namespace

std::string credential_id(std::string_view client_id) {
  return std::to_string(100'000 + hash_of('c', client_id) % 900'000);
}

void IntegrationRegistry::put(Integration integration, WallTime now) {
  if (integration.technical_account_id.empty())
    integration.technical_account_id = made_up_technical_account(integration.client_id);
  Entry entry;
  for (std::size_t secret = 0; secret < integration.client_secrets.size(); ++secret) {
    entry.records.push_back({.uuid = new_uuid(), .created = now});
  }
  auto id = integration.client_id;
  entry.integration = std::make_shared<const Integration>(std::move(integration));
  const std::lock_guard lock(mutex_);
  if (integrations_.size() >= kMaxIntegrations && !integrations_.contains(id)) {
    throw Error::configuration("too_many_integrations",
                               cat("The emulator knows ", kMaxIntegrations, " integrations already."))
        .hint("Register fewer: each client id counts once.");
  }
  integrations_.insert_or_assign(std::move(id), std::move(entry));
}

std::shared_ptr<const Integration> IntegrationRegistry::find(std::string_view client_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = integrations_.find(client_id);
  return found == integrations_.end() ? nullptr : found->second.integration;
}

std::shared_ptr<const Integration> IntegrationRegistry::find_credential(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = integrations_.find(id); found != integrations_.end()) return found->second.integration;
  for (const auto& [client_id, entry] : integrations_) {
    if (credential_id(client_id) == id) return entry.integration;
  }
  return nullptr;
}

std::size_t IntegrationRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return integrations_.size();
}

std::vector<std::shared_ptr<const Integration>> IntegrationRegistry::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const Integration>> all;
  for (const auto& [id, entry] : integrations_) all.push_back(entry.integration);
  return all;
}

std::vector<SecretRecord> IntegrationRegistry::secrets(std::string_view client_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = integrations_.find(client_id);
  return found == integrations_.end() ? std::vector<SecretRecord>() : found->second.records;
}

void IntegrationRegistry::note_use(std::string_view client_id, const Secret& secret, std::string_view grant,
                                   WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = integrations_.find(client_id);
  if (found == integrations_.end()) return;
  const auto& secrets = found->second.integration->client_secrets;
  for (std::size_t index = 0; index < secrets.size(); ++index) {
    if (!(secrets[index] == secret)) continue;
    found->second.records[index].last_used = now;
    found->second.records[index].grant = grant;
  }
}

std::optional<IntegrationRegistry::Added> IntegrationRegistry::add_secret(std::string_view client_id, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = integrations_.find(client_id);
  if (found == integrations_.end() || found->second.records.size() >= kMaxSecrets) return std::nullopt;
  Added added{.value = new_secret(), .record = {.uuid = new_uuid(), .created = now}};
  auto changed = *found->second.integration;
  changed.client_secrets.push_back(added.value);
  found->second.integration = std::make_shared<const Integration>(std::move(changed));
  found->second.records.push_back(added.record);
  return added;
}

IntegrationRegistry::Removal IntegrationRegistry::remove_secret(std::string_view client_id, std::string_view uuid) {
  const std::lock_guard lock(mutex_);
  const auto found = integrations_.find(client_id);
  if (found == integrations_.end()) return Removal::unknown;
  auto& records = found->second.records;
  const auto record =
      std::find_if(records.begin(), records.end(), [&](const SecretRecord& one) { return one.uuid == uuid; });
  if (record == records.end()) return Removal::unknown;
  if (records.size() == 1) return Removal::last;
  auto changed = *found->second.integration;
  changed.client_secrets.erase(changed.client_secrets.begin() + (record - records.begin()));
  found->second.integration = std::make_shared<const Integration>(std::move(changed));
  records.erase(record);
  return Removal::done;
}

}  // namespace adit::emulator
