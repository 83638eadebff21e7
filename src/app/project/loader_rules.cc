#include "app/project/loader_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <optional>

#include "base/text/ascii.h"
#include "base/text/text.h"

// The schema's rules, in its order, with one function for each definition. Places without a rule are skipped: Adobe's
// loader accepts them, and other code of adit checks them.

namespace adit::app {
namespace {

using NodeKind = YamlNode::Kind;

/// A value and its path.
struct SchemaPlace {
  const YamlNode& node;
  std::string path;
  SourcePosition where;
};

std::string escaped(std::string_view key) { return replace_all(replace_all(std::string(key), "~", "~0"), "/", "~1"); }

bool is_number(const YamlNode& node) {
  return node.kind == NodeKind::integer || (node.kind == NodeKind::floating && std::isfinite(node.floating));
}

bool is_schema_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// `^([\w]|[\w][\w@ .-]*[\w@.-]+)$`
bool is_entity_name(std::string_view name) {
  const auto inside = [](char c) {
    return is_schema_word(c) || std::string_view("@ .-").find(c) != std::string_view::npos;
  };
  return !name.empty() && is_schema_word(name.front()) && std::all_of(name.begin(), name.end(), inside) &&
         name.back() != ' ';
}

bool is_extension_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_schema_word(c) || c == '-' || c == '/'; });
}

bool is_one_line(std::string_view name) { return !name.empty() && name.find('\n') == std::string_view::npos; }

class Rules {
 public:
  std::vector<LoaderError> run(const YamlNode& root) {
    const SchemaPlace whole{root, "", {root.where().file, 0, 0}};
    if (!root.is_map() || (root.find("application") == nullptr && root.find("extensions") == nullptr)) {
      refuse(whole, "The file has neither `application` nor `extensions`",
             "Write the project's configuration below one of them.");
      return std::move(loader_errors_);
    }
    member(whole, "application", [this](const SchemaPlace& place) { application(place); });
    member(whole, "extensions", [this](const SchemaPlace& place) {
      members(place, is_extension_name, "letters, digits, _, - and /",
              [this](const SchemaPlace& one) { extension(one); });
    });
    member(whole, "configSchema", [this](const SchemaPlace& place) { config_schema(place); });
    member(whole, "productDependencies", [this](const SchemaPlace& place) {
      items(place, [this](const SchemaPlace& one) { product_dependency(one); });
    });
    return std::move(loader_errors_);
  }

 private:
  using Rule = std::function<void(const SchemaPlace&)>;

  void refuse(const SchemaPlace& place, std::string_view what, std::string hint) {
    constexpr std::size_t kMaxErrors = 100;
    const auto is_known = [&](const LoaderError& known) {
      return known.path == place.path && known.warning.where.to_string() == place.where.to_string();
    };
    if (loader_errors_.size() == kMaxErrors || std::any_of(loader_errors_.begin(), loader_errors_.end(), is_known))
      return;
    loader_errors_.push_back({place.path,
                              {cat(what, "; Adobe's tools refuse to load the project."), std::move(hint), place.where,
                               "", Warning::Kind::refused}});
  }

  /// The last key of the path.
  static std::string name_of(const SchemaPlace& place) {
    return replace_all(replace_all(place.path.substr(place.path.rfind('/') + 1), "~1", "/"), "~0", "~");
  }

  /// What the hint says about a scalar of the wrong type.
  enum class Scalar { write_another, put_in_quotes };

  /// Returns `right`; adds an error if it is false.
  bool must(bool right, const SchemaPlace& place, std::string_view expected, Scalar scalar = Scalar::write_another) {
    if (right) return true;
    const auto name = name_of(place);
    auto hint = place.node.is_null() ? cat("Remove the line `", name, ":`, or write ", expected, " there.")
                                     : cat("Write ", expected, " there.");
    if (scalar == Scalar::put_in_quotes && is_scalar(place.node)) hint = "Put the value in quotes.";
    refuse(place, cat("`", name, "` must be ", expected, ", but here is ", described_kind(place.node)),
           std::move(hint));
    return false;
  }

  static bool is_scalar(const YamlNode& node) { return !node.is_null() && !node.is_map() && !node.is_sequence(); }

  static std::string described_kind(const YamlNode& node) {
    return node.kind == NodeKind::floating && !std::isfinite(node.floating) ? "a number that JSON cannot represent"
                                                                            : describe(node);
  }

  static SchemaPlace below(const SchemaPlace& place, const YamlEntry& entry) {
    const auto& value = entry.value;
    return {value, cat(place.path, "/", escaped(entry.key)), value.is_null() ? entry.where() : value.where()};
  }

  void member(const SchemaPlace& place, std::string_view key, const Rule& rule) {
    if (const auto* entry = place.node.find_entry(key)) rule(below(place, *entry));
  }
  void texts(const SchemaPlace& place, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) member(place, key, [this](const SchemaPlace& one) { text(one); });
  }

  bool map(const SchemaPlace& place) { return must(place.node.is_map(), place, "a map"); }
  void text(const SchemaPlace& place) { must(place.node.is_string(), place, "a string", Scalar::put_in_quotes); }
  void number(const SchemaPlace& place) { must(is_number(place.node), place, "a number"); }

  /// Checks a map whose keys must be names of one kind and whose values must follow `rule`.
  void members(const SchemaPlace& place, bool (*is_right)(std::string_view), std::string_view characters,
               const Rule& rule) {
    if (!map(place)) return;
    for (const auto& entry : place.node.entries) {
      if (is_right(entry.key)) {
        rule(below(place, entry));
      } else {
        refuse({place.node, place.path, entry.where()}, cat("The name '", entry.key, "' is not allowed there"),
               cat("Give it a name of ", characters, "."));
      }
    }
  }
  void members(const SchemaPlace& place, const Rule& rule) { members(place, is_one_line, "one line", rule); }

  void items(const SchemaPlace& place, const Rule& rule) {
    if (!must(place.node.is_sequence(), place, "a list")) return;
    for (std::size_t index = 0; index < place.node.items.size(); ++index) {
      const auto& item = place.node.items[index];
      rule({item, cat(place.path, "/", index), item.where()});
    }
  }

  void required(const SchemaPlace& place, std::initializer_list<std::string_view> keys, std::string_view owner) {
    for (const auto key : keys)
      if (place.node.find_entry(key) == nullptr)
        refuse(place, cat(owner, " has no `", key, "`"), cat("Add `", key, ":` there."));
  }
  void only(const SchemaPlace& place, std::initializer_list<std::string_view> keys, std::string_view owner) {
    for (const auto& entry : place.node.entries)
      if (std::find(keys.begin(), keys.end(), entry.key) == keys.end())
        refuse({place.node, place.path, entry.where()}, cat("`", entry.key, "` is not a key of ", owner),
               cat("Remove it; known keys: ", join(std::vector<std::string>(keys.begin(), keys.end()), ", "), "."));
  }

  void extension(const SchemaPlace& place) {
    application(place);
    if (!place.node.is_map()) return;
    required(place, {"operations"}, cat("The extension '", name_of(place), "'"));
    member(place, "operations", [this](const SchemaPlace& operations) {
      if (!map(operations)) return;
      if (operations.node.entries.empty())
        refuse(operations, "`operations` is empty", "Write `view: [{type: web, impl: index.html}]` below it.");
      members(operations, [this](const SchemaPlace& list) {
        items(list, [this](const SchemaPlace& one) {
          if (map(one)) texts(one, {"type", "impl"});
        });
        if (list.node.is_sequence() && list.node.items.empty())
          refuse(list, "The operation is an empty list", "Name an implementation: `{type: web, impl: index.html}`.");
      });
    });
  }

  void application(const SchemaPlace& place) {
    if (!map(place)) return;
    member(place, "runtimeManifest", [this](const SchemaPlace& one) { manifest(one); });
    texts(place, {"actions", "unitTest", "e2eTest", "dist", "tvmurl", "awsaccesskeyid", "awssecretaccesskey",
                  "s3bucket", "hostname"});
    for (const auto* key : {"htmlcacheduration", "jscacheduration", "csscacheduration", "imagecacheduration"})
      member(place, key, [this](const SchemaPlace& one) { number(one); });
    member(place, "events", [this](const SchemaPlace& one) { events(one); });
    member(place, "hooks", [this](const SchemaPlace& one) {
      if (map(one))
        texts(one, {"pre-app-build", "post-app-build", "build-actions", "build-static", "pre-app-deploy",
                    "post-app-deploy", "deploy-actions", "deploy-static", "pre-app-undeploy", "post-app-undeploy",
                    "undeploy-actions", "undeploy-static", "pre-app-run", "post-app-run", "serve-static"});
    });
    member(place, "web", [this](const SchemaPlace& one) { web(one); });
  }

  void web(const SchemaPlace& place) {
    if (place.node.is_string()) return;
    if (!must(place.node.is_map(), place, "a string or a map")) return;
    only(place, {"src", "response-headers"}, "`web`");
    texts(place, {"src"});
    member(place, "response-headers", [this](const SchemaPlace& headers) {
      members(headers,
              [this](const SchemaPlace& rule) { members(rule, [this](const SchemaPlace& header) { text(header); }); });
    });
  }

  void manifest(const SchemaPlace& place) {
    if (!map(place)) return;
    required(place, {"packages"}, "`runtimeManifest`");
    member(place, "packages", [this](const SchemaPlace& packages) {
      members(packages, is_entity_name, "letters, digits and _ (inside it also spaces and @ . -)",
              [this](const SchemaPlace& one) { package(one); });
    });
  }

  void package(const SchemaPlace& place) {
    if (!map(place)) return;
    texts(place, {"license"});
    member(place, "inputs", [this](const SchemaPlace& one) { inputs(one); });
    member(place, "actions", [this](const SchemaPlace& actions) {
      members(actions, is_entity_name, "letters, digits and _ (inside it also spaces and @ . -)",
              [this](const SchemaPlace& one) { action(one); });
    });
  }

  void action(const SchemaPlace& place) {
    if (!map(place)) return;
    texts(place, {"function", "runtime"});
    member(place, "web", [this](const SchemaPlace& one) {
      must(one.node.is_string() || one.node.kind == NodeKind::boolean, one, "yes, no, true, false or raw");
    });
    member(place, "inputs", [this](const SchemaPlace& one) { inputs(one); });
    member(place, "annotations", [this](const SchemaPlace& annotations) {
      members(annotations, [this](const SchemaPlace& one) {
        must(one.node.is_string() || one.node.kind == NodeKind::boolean, one, "a string or a boolean");
      });
    });
    for (const auto* key : {"web-export", "raw-http"})
      if (const auto* entry = place.node.find_entry(key))
        refuse({entry->value, cat(place.path, "/", key), entry->where()}, cat("`", key, "` is an annotation"),
               "Move it below `annotations:`.");
  }

  void inputs(const SchemaPlace& place) {
    members(place, [this](const SchemaPlace& one) {
      must(one.node.kind != NodeKind::floating || std::isfinite(one.node.floating), one, "a value that JSON has");
    });
  }

  void events(const SchemaPlace& place) {
    if (!map(place)) return;
    member(place, "registrations", [this](const SchemaPlace& registrations) {
      members(registrations, [this](const SchemaPlace& one) {
        if (!map(one)) return;
        texts(one, {"description", "runtime_action"});
        member(one, "events_of_interest", [this](const SchemaPlace& list) {
          items(list, [this](const SchemaPlace& event) {
            if (!map(event)) return;
            texts(event, {"provider_metadata"});
            member(event, "event_codes",
                   [this](const SchemaPlace& codes) { items(codes, [](const SchemaPlace& /*code*/) {}); });
          });
        });
      });
    });
  }

  void config_schema(const SchemaPlace& place) {
    if (!map(place)) return;
    required(place, {"properties"}, "`configSchema`");
    for (const auto& [key, most] : {std::pair("description", 1000U), std::pair("title", 200U)})
      member(place, key, [this, most = most](const SchemaPlace& one) { short_text(one, most); });
    member(place, "properties", [this](const SchemaPlace& properties) {
      constexpr std::size_t kMaxProperties = 50;
      must(properties.node.items.size() <= kMaxProperties, properties, "a list of at most 50 items");
      items(properties, [this](const SchemaPlace& one) { config_property(one); });
    });
  }

  void short_text(const SchemaPlace& place, std::size_t most) {
    must(place.node.is_string() && place.node.text.size() <= most, place,
         cat("a string of at most ", most, " characters"));
  }

  void config_value(const SchemaPlace& place) {
    if (place.node.kind != NodeKind::boolean) short_text(place, 1000);
  }

  void config_property(const SchemaPlace& place) {
    if (!map(place)) return;
    required(place, {"type", "envKey"}, "The property");
    only(place, {"type", "title", "description", "envKey", "enum", "default", "secret"}, "a property");
    member(place, "type", [this](const SchemaPlace& one) {
      must(one.node.is_string() && (one.node.text == "string" || one.node.text == "boolean"), one, "string or boolean");
    });
    for (const auto& [key, most] : {std::pair("description", 1000U), std::pair("title", 200U)})
      member(place, key, [this, most = most](const SchemaPlace& one) { short_text(one, most); });
    member(place, "envKey", [this](const SchemaPlace& one) {
      const auto is_letter = [](char c) { return is_schema_word(c) && !is_digit(c); };
      must(one.node.is_string() && std::any_of(one.node.text.begin(), one.node.text.end(), is_letter), one,
           "the name of a variable");
    });
    member(place, "enum", [this](const SchemaPlace& one) {
      items(one, [this](const SchemaPlace& value) { config_value(value); });
      must(!one.node.items.empty() && one.node.items.size() <= 100, one, "a list of 1 to 100 items");
    });
    member(place, "default", [this](const SchemaPlace& one) { config_value(one); });
    member(place, "secret",
           [this](const SchemaPlace& one) { must(one.node.kind == NodeKind::boolean, one, "true or false"); });
  }

  void product_dependency(const SchemaPlace& place) {
    if (!map(place)) return;
    required(place, {"code", "minVersion", "maxVersion"}, "The dependency");
    only(place, {"code", "minVersion", "maxVersion"}, "a dependency");
    texts(place, {"code"});
    for (const auto* key : {"minVersion", "maxVersion"})
      member(place, key, [this](const SchemaPlace& one) {
        must(one.node.is_string() && is_version(one.node.text), one, "a version of three numbers");
      });
  }

  /// `^[0-9]+.[0-9]+.[0-9]+$`, where each point matches any character.
  static bool is_version(std::string_view text) {
    std::size_t at = 0;
    for (int part = 0; part < 3; ++part) {
      const auto begin = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      if (at == begin) return false;
      if (part < 2) ++at;
    }
    return at == text.size();
  }

  std::vector<LoaderError> loader_errors_;
};

}  // namespace

std::vector<LoaderError> find_loader_errors(const YamlNode& configuration) { return Rules().run(configuration); }

}  // namespace adit::app
