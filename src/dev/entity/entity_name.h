#pragma once

#include <string>
#include <string_view>

namespace adit::dev {

/// Whether this string may name an entity (OpenWhisk's EntityName): the first character is a letter, a digit or `_`;
/// the others may also be spaces, `@`, `.` and `-`; the last one is not a space; at most 256 characters.
[[nodiscard]] bool is_entity_name(std::string_view name);

/// Rejects a string that is not such a name with 400 and the controller's message.
void check_entity_name(std::string_view name);
/// The same for the name of a namespace, which has the same form.
void check_namespace_name(std::string_view name);

/// The full name of an entity: `/NS/PACKAGE/NAME`, or `/NS/NAME` without a package.
struct EntityPath {
  std::string name_space;
  /// Empty if the entity is in no package.
  std::string package;
  std::string name;

  /// `NS/PACKAGE`, or `NS`: the member `path` of a reference to the entity.
  [[nodiscard]] std::string path() const;
  /// With a leading slash.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const EntityPath&, const EntityPath&) = default;
};

/// Reads `/NS/PACKAGE/NAME`, `NS/PACKAGE/NAME`, `/NS/NAME` or `NS/NAME`; the namespace `_` becomes `own`. Rejects
/// anything else with 400 as malformed content.
[[nodiscard]] EntityPath parse_entity_path(std::string_view text, std::string_view own);

}  // namespace adit::dev
