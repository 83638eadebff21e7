#include "dev/entity/entity_name.h"

#include <algorithm>
#include <vector>

#include "base/text/ascii.h"
#include "base/text/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_in_name(char c) { return is_word(c) || c == ' ' || c == '@' || c == '.' || c == '-'; }

}  // namespace

bool is_entity_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength && is_word(name.front()) && name.back() != ' ' &&
         std::ranges::all_of(name, is_in_name);
}

void check_entity_name(std::string_view name) {
  if (is_entity_name(name)) return;
  if (name.size() > kMaxNameLength) reject(400, messages::name_too_long("Name segment", name.size()));
  reject(400, messages::kNameIllegal);
}

void check_namespace_name(std::string_view name) {
  if (is_entity_name(name)) return;
  if (name.size() > kMaxNameLength) reject(400, messages::name_too_long("Namespace", name.size()));
  reject(400, messages::kNamespaceIllegal);
}

std::string EntityPath::path() const { return package.empty() ? name_space : cat(name_space, '/', package); }

std::string EntityPath::to_string() const { return cat('/', path(), '/', name); }

EntityPath parse_entity_path(std::string_view text, std::string_view own) {
  if (text.starts_with('/')) text.remove_prefix(1);
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (parts.size() < 2 || parts.size() > 3) reject(400, messages::malformed_content(messages::kNameNotQualified));
  for (const auto& part : parts)
    if (!is_entity_name(part)) reject(400, messages::malformed_content(messages::kNameIllegal));
  if (parts.front() == "_") parts.front() = own;
  return parts.size() == 2 ? EntityPath{parts[0], {}, parts[1]} : EntityPath{parts[0], parts[1], parts[2]};
}

}  // namespace adit::dev
