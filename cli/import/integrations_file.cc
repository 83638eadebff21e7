#include "cli/import/integrations_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include "adit/error.h"
#include "adit/signing_key.h"

#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

using app::YamlNode;

Error invalid(std::string message, const SourcePosition& where) {
  return Error::configuration("invalid_integrations", std::move(message))
      .hint("adit emulator --help shows the form of an integration.")
      .at(where);
}

bool is_scalar(const YamlNode& node) { return !node.is_map() && !node.is_sequence() && !node.is_null(); }

// Returns the scalar as written: a secret of digits is text here, though a number in YAML. Messages do not show values,
// because they may be secrets.
std::string text_of(const YamlNode& node, std::string_view name) {
  if (!is_scalar(node) || node.text.empty()) throw invalid(cat("'", name, "' must be a string."), node.where());
  return node.text;
}

std::vector<const YamlNode*> items_of(const YamlNode* node) {
  std::vector<const YamlNode*> items;
  if (node == nullptr || node->is_null()) return items;
  if (!node->is_sequence()) return {node};
  for (const auto& item : node->items) items.push_back(&item);
  return items;
}

std::vector<std::string> texts_of(const YamlNode& integration, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto* item : items_of(integration.find(name))) {
    // Scopes in .env have the form "a, b".
    for (auto& text : split_list(text_of(*item, name))) texts.push_back(std::move(text));
  }
  return texts;
}

std::string optional_text(const YamlNode& integration, std::string_view name) {
  const auto* node = integration.find(name);
  return node == nullptr || node->is_null() ? std::string() : text_of(*node, name);
}

bool flag(const YamlNode& integration, std::string_view name, bool fallback) {
  const auto* node = integration.find(name);
  if (node == nullptr) return fallback;
  if (node->kind != YamlNode::Kind::boolean) throw invalid(cat("'", name, "' must be true or false."), node->where());
  return node->boolean;
}

std::optional<emulator::Rate> optional_rate(const YamlNode& integration, std::string_view name) {
  const auto* node = integration.find(name);
  if (node == nullptr || node->is_null()) return std::nullopt;
  try {
    return emulator::Rate::parse(text_of(*node, name));
  } catch (const Error& error) {
    if (error.where()) throw;
    throw invalid(cat(name, ": ", error.message()), node->where()).hint(error.hint());
  }
}

jwt::PublicKey key_of(const YamlNode& node, std::string_view name, const std::filesystem::path& folder) {
  auto text = text_of(node, name);
  try {
    if (text.find("-----BEGIN") == std::string::npos) text = read_file((folder / text).string());
    auto key =
        text.find("-----BEGIN") == std::string::npos ? jwt::PublicKey::from_der(text) : jwt::PublicKey::from_pem(text);
    if (!key.can_use(jwt::Algorithm::RS256)) {
      throw Error::configuration("invalid_key", "This is not an RSA key, and IMS accepts only RS256.")
          .hint("Give the certificate or the public key of an RSA key: adit key generate makes one.");
    }
    return key;
  } catch (const Error& error) {
    auto hint = error.hint().empty()
                    ? "Put PEM text here, or the path of a certificate or public key, relative to this file."
                    : error.hint();
    throw Error::configuration(error.code(), error.message()).hint(std::move(hint)).at(node.where());
  }
}

void refuse_unknown_members(const YamlNode& integration) {
  const std::array<std::string, 16> known = {
      "client_id",   "client_secret", "client_secrets",     "org_id",           "technical_account_id",
      "certificate", "certificates",  "public_key",         "public_keys",      "metascopes",
      "scopes",      "exchange_jwt",  "converted_to_oauth", "product_profiles", "token_rate",
      "api_rate"};
  for (const auto& entry : integration.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const auto meant = nearest(entry.key, known);
    throw invalid(cat("'", entry.key, "' is not a setting of an integration."), entry.where())
        .hint(meant ? cat("Did you mean ", *meant, "?") : cat("It may have: ", join(known, ", "), "."));
  }
}

emulator::Integration integration_of(const YamlNode& node, const std::filesystem::path& folder) {
  if (!node.is_map())
    throw invalid(cat("An integration must be a map, not ", describe(node), "."), node.where())
        .hint("Write `- client_id: …` and its other members below it.");
  refuse_unknown_members(node);
  emulator::Integration integration;
  integration.client_id = optional_text(node, "client_id");
  if (integration.client_id.empty())
    throw invalid("This integration has no client_id.", node.where()).hint("Add `client_id: …`.");
  for (const std::string_view name : {"client_secret", "client_secrets"}) {
    for (const auto* item : items_of(node.find(name))) integration.client_secrets.emplace_back(text_of(*item, name));
  }
  if (integration.client_secrets.empty()) {
    throw invalid(cat("The integration ", integration.client_id, " has no client_secret."), node.where())
        .hint("Add `client_secret: …`.");
  }
  integration.org_id = optional_text(node, "org_id");
  integration.technical_account_id = optional_text(node, "technical_account_id");
  for (const std::string_view name : {"certificate", "certificates", "public_key", "public_keys"}) {
    for (const auto* item : items_of(node.find(name))) integration.public_keys.push_back(key_of(*item, name, folder));
  }
  integration.metascopes = texts_of(node, "metascopes");
  integration.scopes = texts_of(node, "scopes");
  integration.may_exchange_jwt = flag(node, "exchange_jwt", true);
  integration.converted_to_oauth = flag(node, "converted_to_oauth", false);
  if (node.find("product_profiles") != nullptr) integration.product_profiles = texts_of(node, "product_profiles");
  integration.token_rate = optional_rate(node, "token_rate");
  integration.api_rate = optional_rate(node, "api_rate");
  if (!integration.public_keys.empty() && (integration.org_id.empty() || integration.technical_account_id.empty())) {
    throw invalid(cat("The integration ", integration.client_id, " has keys but no ",
                      integration.org_id.empty() ? "org_id; assertions need it as iss."
                                                 : "technical_account_id; assertions need it as sub."),
                  node.where());
  }
  return integration;
}

}  // namespace

std::vector<emulator::Integration> read_integrations_file(const std::string& path) {
  const auto root = app::read_yaml(path);
  const auto* list = root.is_map() ? nullptr : &root;
  for (const auto& entry : root.entries) {
    const bool is_list = entry.key == "integrations" || entry.key == "clients";  // `clients` is the earlier name
    if (!is_list || list != nullptr) {
      throw invalid(cat("There is a '", entry.key, "' where only 'integrations' is allowed."), entry.where())
          .hint("Write one list of integrations below `integrations:`.");
    }
    list = root.find(entry.key);
  }
  if (list == nullptr || !list->is_sequence()) {
    throw invalid("A list of integrations must be here.", list == nullptr ? root.where() : list->where())
        .hint("Write `integrations:` and below it one `- client_id: …` for each; see adit emulator --help.");
  }
  const auto folder = std::filesystem::path(path).parent_path();
  std::vector<emulator::Integration> integrations;
  std::map<std::string, const YamlNode*> seen;
  for (const auto& item : list->items) {
    auto integration = integration_of(item, folder);
    const auto [known, is_new] = seen.emplace(integration.client_id, &item);
    if (!is_new) {
      throw invalid(cat("The integration ", integration.client_id, " occurs twice; the first is at ",
                        known->second->where().to_string(), "."),
                    item.where());
    }
    integrations.push_back(std::move(integration));
  }
  return integrations;
}

}  // namespace adit::cli
