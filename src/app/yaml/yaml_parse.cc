#include "app/yaml/yaml_parse.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "app/yaml/source_file.h"
#include "app/yaml/yaml_scalar.h"
#include "app/yaml/yaml_text.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

Error broken(std::string message) { return Error::configuration("invalid_yaml", std::move(message)); }

/// Builds the tree from yaml-cpp's events: yaml-cpp checks the grammar, this class the meaning.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const SourceFile> file, const TextLines& lines, const YamlLimits& limits)
      : file_(std::move(file)), lines_(lines), limits_(limits) {}

  [[nodiscard]] YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse_second_document(mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(node_at(mark), anchor, true, mark); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = node_at(mark);
    node.text = value;
    node.kind = YamlNode::Kind::string;
    const bool plain = tag == "?";
    if (!plain) refuse_open_quote(mark);
    if (expects_key()) {
      if (plain && node.text != "<<") node.text = key_text(node);
    } else if (plain) {
      type_plain_scalar(node);
    } else {
      apply_tag(node, tag);
    }
    add(std::move(node), anchor, plain, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw broken("An alias (*…) is inside the value that it refers to.")
          .hint("Replace the alias by the value itself; a value cannot contain an alias of itself.")
          .at(node_at(mark).where());
    count(found->second.nodes - 1, found->second.bytes - found->second.value.text.size(), mark);
    add(found->second.value, YAML::NullAnchor, false, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence, "seq");
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::map, "map");
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    merge(frames_.back());
    close();
  }

 private:
  struct Frame {
    YamlNode node;
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<YamlEntry> key;  // waits for its value
    bool key_merges = false;
    std::set<std::string> keys;    // ordered: no hash collisions that an attacker could choose
    std::vector<YamlNode> merged;  // the values of `<<`
    std::size_t nodes_before = 0;
    std::size_t bytes_before = 0;
  };
  struct Anchored {
    YamlNode value;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
  };

  [[nodiscard]] YamlNode node_at(const YAML::Mark& mark) const {
    YamlNode node;
    node.file = file_;
    node.line = mark.line + 1;
    node.column = lines_.column(mark.line, mark.column);
    return node;
  }

  [[nodiscard]] bool expects_key() const {
    return !frames_.empty() && frames_.back().node.is_map() && !frames_.back().key;
  }

  void count(std::size_t nodes, std::size_t bytes, const YAML::Mark& mark) {
    nodes_ += nodes;
    bytes_ += bytes;
    refuse_too_much(mark);
  }

  /// Keeps the value of an anchor for its aliases. The values kept are counted as well, because nested anchors
  /// multiply.
  void keep(YAML::anchor_t anchor, const YamlNode& node, std::size_t nodes, std::size_t bytes, const YAML::Mark& mark) {
    if (anchor == YAML::NullAnchor) return;
    kept_nodes_ += nodes;
    kept_bytes_ += bytes;
    refuse_too_much(mark);
    anchors_[anchor] = {node, nodes, bytes};
  }

  void refuse_too_much(const YAML::Mark& mark) const {
    const bool nodes = nodes_ > limits_.max_nodes || kept_nodes_ > limits_.max_nodes;
    const bool bytes = bytes_ > limits_.max_text_bytes || kept_bytes_ > limits_.max_text_bytes;
    if (!nodes && !bytes) return;
    throw broken(nodes ? cat("The file has more than ", limits_.max_nodes, " values after its aliases are expanded.")
                       : cat("The file has more than ", limits_.max_text_bytes,
                             " bytes of text after its aliases are expanded."))
        .hint("Aliases that name aliases multiply; write fewer of them.")
        .at(node_at(mark).where());
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind,
            std::string_view tag_word) {
    auto node = node_at(mark);
    node.kind = kind;
    if (frames_.size() >= limits_.max_depth) throw too_deep(limits_).at(node.where());
    if (expects_key())
      throw broken(cat(kind == YamlNode::Kind::map ? "A map" : "A list", " cannot be a key."))
          .hint("Put a string in braces or brackets, or $NAME in braces, in quotes: \"{a}\".")
          .at(node.where());
    if (!tag.empty() && tag != "?" && tag != "!" && tag != cat(kCoreTag, tag_word)) throw unknown_tag(tag, node);
    count(1, 0, mark);
    Frame frame;
    frame.node = std::move(node);
    frame.mark = mark;
    frame.anchor = anchor;
    frame.nodes_before = nodes_ - 1;
    frame.bytes_before = bytes_;
    frames_.push_back(std::move(frame));
  }

  void close() {
    auto frame = std::move(frames_.back());
    frames_.pop_back();
    keep(frame.anchor, frame.node, nodes_ - frame.nodes_before, bytes_ - frame.bytes_before, frame.mark);
    attach(std::move(frame.node), false);
  }

  /// A scalar or an alias is complete.
  void add(YamlNode node, YAML::anchor_t anchor, bool plain, const YAML::Mark& mark) {
    count(1, node.text.size(), mark);
    keep(anchor, node, 1, node.text.size(), mark);
    attach(std::move(node), plain);
  }

  void attach(YamlNode node, bool plain) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& frame = frames_.back();
    if (frame.node.is_sequence()) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      set_key(frame, std::move(node), plain);
    } else {
      set_value(frame, std::move(node));
    }
  }

  void set_key(Frame& frame, YamlNode node, bool plain) {
    if (node.is_map() || node.is_sequence())
      throw broken("An alias to a map or a list cannot be a key.").at(node.where());
    if (node.is_null()) node.text = "null";
    frame.key_merges = plain && node.text == "<<";
    if (!frame.key_merges && !frame.keys.insert(node.text).second) {
      const auto first = frame.node.find_entry(node.text)->where();
      throw broken(cat("The key '", node.text, "' occurs twice in one map; the first is at ", first.to_string(), "."))
          .hint("Keep one of the two, or give one another name.")
          .at(node.where());
    }
    frame.key = YamlEntry{std::move(node.text), {}, node.file, node.line, node.column};
  }

  void set_value(Frame& frame, YamlNode node) {
    // There is nothing after the colon. yaml-cpp gives the position of what comes next; the key is more useful to the
    // reader.
    if (node.is_null()) {
      node.line = frame.key->line;
      node.column = frame.key->column;
    }
    if (frame.key_merges) {
      frame.merged.push_back(std::move(node));
    } else {
      frame.key->value = std::move(node);
      frame.node.entries.push_back(std::move(*frame.key));
    }
    frame.key.reset();
  }

  /// https://yaml.org/type/merge.html: the map's own keys override merged ones, and earlier merged maps override later
  /// ones.
  void merge(Frame& frame) {
    for (auto& value : frame.merged) {
      std::vector<YamlNode> sources;
      if (value.is_sequence()) {
        sources = std::move(value.items);
      } else {
        sources.push_back(std::move(value));
      }
      for (auto& source : sources) {
        if (!source.is_map())
          throw broken(cat("`<<` merges maps, but here is ", describe(source), "."))
              .hint("Write `<<: *anchor`, the anchor (&anchor) standing before a map.")
              .at(source.where());
        for (auto& entry : source.entries)
          if (frame.keys.insert(entry.key).second) frame.node.entries.push_back(std::move(entry));
      }
    }
  }

  static void apply_tag(YamlNode& node, const std::string& tag) {
    if (tag == "!" || tag.empty() || tag == cat(kCoreTag, "str")) return;
    const auto is = [&tag](std::string_view word) { return tag == cat(kCoreTag, word); };
    if (is("null")        ? as_null(node)
        : is("bool")      ? as_boolean(node)
        : is("int")       ? as_integer(node)
        : is("timestamp") ? as_timestamp(node)
                          : false)
      return;
    if (is("float")) {
      if (as_float(node)) return;
      if (as_integer(node)) {
        if (node.kind == YamlNode::Kind::integer) node.floating = static_cast<double>(node.integer);
        node.kind = YamlNode::Kind::floating;
        return;
      }
    }
    if (is("null") || is("bool") || is("int") || is("float") || is("timestamp"))
      throw broken(cat("The tag !!", tag.substr(kCoreTag.size()), " does not fit ", describe(node), "."))
          .hint("Remove the tag, or correct the value.")
          .at(node.where());
    throw unknown_tag(tag, node);
  }

  static Error unknown_tag(const std::string& tag, const YamlNode& node) {
    const auto shown = tag.starts_with(kCoreTag) ? cat("!!", tag.substr(kCoreTag.size())) : tag;
    return broken(cat("The tag ", shown, " has no meaning in a configuration file."))
        .hint("Remove it. If the text should begin with '!', write it in quotes.")
        .at(node.where());
  }

  /// yaml-cpp accepts the end of the file instead of a closing quote.
  void refuse_open_quote(const YAML::Mark& mark) const {
    auto rest = lines_.from(mark.line, mark.column);
    while (rest.starts_with('!') || rest.starts_with('&')) {  // skip tag and anchor before the quote
      rest.remove_prefix(std::min(rest.find_first_of(" \n,[]{}"), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(" \n"), rest.size()));
    }
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return;
    const char quote = rest.front();
    for (std::size_t at = 1; at < rest.size(); ++at) {
      if (quote == '"' && rest[at] == '\\') {
        ++at;
      } else if (rest[at] == quote) {
        if (quote == '"' || at + 1 == rest.size() || rest[at + 1] != quote) return;
        ++at;
      }
    }
    throw broken("The quote that opens here is never closed.")
        .hint("A quote that is opened must be closed.")
        .at(node_at(mark).where());
  }

  [[noreturn]] void refuse_second_document(const YAML::Mark& mark) const {
    const auto where = node_at(mark).where();
    for (int line = mark.line; line >= 0; --line) {
      const auto text = lines_.line(line);
      if (text.starts_with("---"))
        throw broken("A second YAML document begins here. A configuration file must be one document.")
            .hint("Remove the line `---`, or move the second part to its own file and include it with `$include`.")
            .at(where.file, line + 1, 1);
      if (line < mark.line && !trim(text).empty() && !trim(text).starts_with('#')) break;
    }
    throw broken("This text does not belong to the text before it.")
        .hint("Check the indentation: the keys of one map begin in the same column.")
        .at(where);
  }

  std::shared_ptr<const SourceFile> file_;
  const TextLines& lines_;
  YamlLimits limits_;
  YamlNode root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  /// The same for the values kept for aliases.
  std::size_t kept_nodes_ = 0;
  std::size_t kept_bytes_ = 0;
  int documents_ = 0;
};

bool indented_by_tab(std::string_view line) {
  const auto content = line.find_first_not_of(" \t");
  return line.substr(0, content).find('\t') != std::string_view::npos;
}

/// Returns what to do about a syntax error, from yaml-cpp's message and the line at which it stopped. yaml-cpp has no
/// error codes, so its words are all that tells the errors apart. If a version changes them, the hint becomes the
/// general one, and a test of yaml_parse_test.cc fails (reports_the_position_and_a_hint_for_a_syntax_error).
std::string hint_for(std::string_view message, const TextLines& lines, int line) {
  const auto has = [message](std::string_view words) { return message.find(words) != std::string_view::npos; };
  const auto text = trim(lines.line(line));
  if (has("anchor is not defined"))
    return "An alias *name needs its &name before it; put a value that begins with * in quotes.";
  if (has("alias")) return "Put a value that begins with * or & in quotes.";
  if (has("escape character") || has("hex number") || has("invalid unicode"))
    return "In double quotes a \\ begins an escape; write \\\\, or use single quotes.";
  if (has("EOF in scalar")) return "A quote that is opened must be closed.";
  if (has("flow")) return "Close every { and [. Put a value that begins with one of them in quotes.";
  if (has("document indicator")) return "A quote that is opened must be closed before the line `---` or `...`.";
  if (has("map value")) return "Put a value with ': ' in it in quotes; otherwise check the indentation.";
  if (has("unknown token") || text.starts_with('@') || text.starts_with('`') || text.starts_with('%'))
    return "Put a value that begins with @, ` or % in quotes.";
  return "Indent all keys of a map by the same number of spaces, and write a colon and a space after every key.";
}

/// Returns the line of the error, or one just before it, that is indented by a tab; -1 if there is none.
int tabbed_line(const TextLines& lines, int line) {
  for (int at = line; at >= 0 && at >= line - 2; --at)
    if (indented_by_tab(lines.line(at))) return at;
  return -1;
}

/// Returns yaml-cpp's message without the name of an undefined anchor, which version 0.8 adds and the position shows
/// already.
std::string_view message_of(const YAML::Exception& error) {
  constexpr std::string_view kUndefined = "anchor is not defined";
  const std::string_view words = error.msg;
  const auto at = words.find(kUndefined);
  return at == std::string_view::npos ? words : words.substr(0, at + kUndefined.size());
}

struct Place {
  int line = 0;
  int byte = 0;
};

/// Returns the position of the error; line and column count from 0. At the end of the file yaml-cpp's column is 0 and
/// its line may be empty; then the position is that after the last character.
Place place_of(const YAML::Mark& mark, const TextLines& lines) {
  const auto text = lines.from(0, 0);
  const auto end = text.find_last_not_of(" \t\n") + 1;  // npos + 1 is 0
  if (!mark.is_null() && static_cast<std::size_t>(mark.pos) < end) return {mark.line, mark.column};
  const auto before = text.substr(0, end);
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          static_cast<int>(end - (before.rfind('\n') + 1))};
}

Error syntax_error(const YAML::Exception& error, const SourceFile& file, const TextLines& lines) {
  const auto [line, byte] = place_of(error.mark, lines);
  const int tabbed = tabbed_line(lines, line);
  if (tabbed >= 0) {
    const auto column = static_cast<int>(lines.line(tabbed).find('\t'));
    return broken("This line is indented by a tab, which YAML does not allow.")
        .hint("Replace the tab with spaces.")
        .at(file.shown, tabbed + 1, lines.column(tabbed, column));
  }
  return broken(cat("The YAML is broken: ", message_of(error), "."))
      .hint(hint_for(error.msg, lines, line))
      .at(file.shown, line + 1, lines.column(line, byte));
}

}  // namespace

YamlNode parse_yaml(std::string_view text, std::shared_ptr<const SourceFile> file, const YamlLimits& limits) {
  if (!file) file = std::make_shared<SourceFile>();
  const auto clean = clean_yaml_text(text, *file, limits);
  const TextLines lines(clean);
  TreeBuilder builder(file, lines, limits);
  std::istringstream in(clean);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::DeepRecursion& error) {
    throw too_deep(limits).at(file->shown, error.mark.line + 1, lines.column(error.mark.line, error.mark.column));
  } catch (const YAML::Exception& error) {
    throw syntax_error(error, *file, lines);
  }
  auto root = builder.take();
  if (root.file && root.is_null()) root.text = "null";
  if (!root.file) {
    root.file = std::move(file);
    root.line = 1;
    root.column = 1;
  }
  return root;
}

YamlNode read_yaml(const std::string& path, const YamlLimits& limits) {
  auto absolute = std::filesystem::absolute(path).lexically_normal().string();
  const auto bytes = read_file(absolute);
  auto shown = shown_path(absolute);
  return parse_yaml(bytes, std::make_shared<const SourceFile>(SourceFile{std::move(absolute), std::move(shown)}),
                    limits);
}

}  // namespace adit::app
