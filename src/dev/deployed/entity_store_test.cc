#include "dev/deployed/entity_store.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::dev {
namespace {

DeployedAction action(const std::string& name, EntityStore& store, std::string_view code) {
  DeployedAction made;
  made.entity.name_space = "guest/p";
  made.entity.name = name;
  made.entity.kind = "nodejs:22";
  made.entity.annotations = {{"web-export", true}};
  made.entity.parameters = {{"a", 1}};
  made.entity.updated = WallTime(std::chrono::milliseconds(5));
  made.code = store.keep_code(code);
  return made;
}

std::unique_ptr<EntityStore> open(const std::string& path, StateFolder::OnStep on_step = {}) {
  return std::make_unique<EntityStore>(std::make_unique<StateFolder>(path, std::move(on_step)));
}

class EntityStoreTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.path() + "/state"; }
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path()), std::filesystem::directory_iterator()));
  }
  PrivateFolder folder_;
};

TEST_F(EntityStoreTest, lists_the_newest_first) {
  EntityStore store(std::make_unique<StateFolder>());
  for (const auto* name : {"a", "b", "c"})
    store.put<PackageEntity>({{}, name}, {.name_space = "guest",
                                          .name = name,
                                          .version = "0.0.1",
                                          .publish = false,
                                          .binding = {},
                                          .parameters = {},
                                          .annotations = {},
                                          .updated = {}});
  store.put<PackageEntity>({{}, "a"}, *store.find<PackageEntity>({{}, "a"}));
  std::string names;
  for (const auto& package : store.all<PackageEntity>()) names += package->name;
  EXPECT_EQ(names, "acb");
  EXPECT_TRUE(store.remove<PackageEntity>({{}, "c"}));
  EXPECT_FALSE(store.remove<PackageEntity>({{}, "c"}));
  EXPECT_EQ(store.all<PackageEntity>().size(), 2U);
}

TEST_F(EntityStoreTest, keeps_all_kinds_of_entities_in_its_folder) {
  {
    auto store = open(path());
    store->put<DeployedAction>({"p", "a"}, action("a", *store, "the code"));
    PackageEntity package;
    package.name = "p";
    package.binding = {"other", "q"};
    store->put<PackageEntity>({{}, "p"}, package);
    DeployedTrigger trigger;
    trigger.entity.name = "t";
    trigger.feed = json::object{{"feed", "alarm"}, {"cron", "* * * * *"}};
    store->put<DeployedTrigger>({{}, "t"}, trigger);
    RuleEntity rule;
    rule.name = "r";
    rule.trigger = {"guest", "", "t"};
    rule.action = {"guest", "p", "a"};
    rule.active = rule.in_trigger = false;
    store->put<RuleEntity>({{}, "r"}, rule);
    store->put<DeployedApi>({{}, "/v1"}, {"/v1", {{"basePath", "/v1"}}});
  }
  auto store = open(path());
  EXPECT_TRUE(store->warnings().empty());
  const auto kept = store->find<DeployedAction>({"p", "a"});
  ASSERT_TRUE(kept);
  EXPECT_EQ(store->code(kept->code), "the code");
  EXPECT_EQ(to_json(kept->entity.to_json()).find("\"parameters\":[{\"key\":\"a\",\"value\":1}]") != std::string::npos,
            true);
  EXPECT_EQ(store->find<PackageEntity>({{}, "p"})->binding->name, "q");
  EXPECT_EQ(to_json(*store->find<DeployedTrigger>({{}, "t"})->feed), R"({"feed":"alarm","cron":"* * * * *"})");
  EXPECT_EQ(store->find<RuleEntity>({{}, "r"})->action.to_string(), "/guest/p/a");
  EXPECT_FALSE(store->find<RuleEntity>({{}, "r"})->active);
  EXPECT_FALSE(store->find<RuleEntity>({{}, "r"})->in_trigger);
  EXPECT_TRUE(store->find<DeployedApi>({{}, "/v1"}));
  const auto old_code = kept->code;
  store->put<DeployedAction>({"p", "a"}, action("a", *store, "other code"));
  EXPECT_THROW((void)store->code(old_code), Error);
  store->remove<DeployedAction>({"p", "a"});
  EXPECT_EQ(file_count(), 5U) << "the lock and four entities";
}

/// Creates, changes and deletes actions, and creates a package.
void change_entities(EntityStore& store) {
  store.put<DeployedAction>({"p", "a"}, action("a", store, "first"));
  store.put<PackageEntity>({{}, "p"}, {});
  store.put<DeployedAction>({"p", "a"}, action("a", store, "second"));
  store.put<DeployedAction>({"p", "b"}, action("b", store, "third"));
  store.remove<DeployedAction>({"p", "a"});
}

TEST_F(EntityStoreTest, loads_its_folder_whenever_the_process_was_killed) {
  int steps = 0;
  change_entities(*open(path(), [&](std::string_view) { ++steps; }));
  ASSERT_GT(steps, 20);
  for (int last = 1; last <= steps; ++last) {
    std::filesystem::remove_all(path());
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int done = 0;
      change_entities(*open(path(), [&](std::string_view) {
        if (++done == last) ::_exit(0);
      }));
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << last;
    const auto store = open(path());
    EXPECT_TRUE(store->warnings().empty()) << last << ' ' << (store->warnings().empty() ? "" : store->warnings()[0]);
    const auto left = store->find<DeployedAction>({"p", "a"});
    if (left) {
      const auto code = store->code(left->code);
      EXPECT_TRUE(code == "first" || code == "second") << last;
    }
    std::size_t entities = store->all<PackageEntity>().size();
    for (const auto& one : store->all<DeployedAction>()) entities += one->code.empty() ? 1 : 2;
    EXPECT_EQ(file_count(), entities + 1) << last << ": there are no other files";
  }
}

TEST_F(EntityStoreTest, skips_damaged_files) {
  {
    auto store = open(path());
    store->put<DeployedAction>({"p", "a"}, action("a", *store, "x"));
    store->put<PackageEntity>({{}, "p"}, {});
  }
  std::ofstream(path() + "/90.json") << "";
  std::ofstream(path() + "/91.json") << R"({"is":"action","name":7})";
  std::ofstream(path() + "/92.json") << R"({"is":"action","code":"../lock"})";
  std::ofstream(path() + "/93.json") << R"({"is":"something"})";
  std::ofstream(path() + "/94.json.new") << "half";
  std::ofstream(path() + "/note.txt") << "the user's";
  const auto store = open(path());
  EXPECT_EQ(store->warnings().size(), 4U);
  EXPECT_TRUE(store->find<DeployedAction>({"p", "a"}));
  EXPECT_FALSE(std::filesystem::exists(path() + "/94.json.new"));
  EXPECT_TRUE(std::filesystem::exists(path() + "/note.txt"));
}

TEST_F(EntityStoreTest, requires_a_private_folder_that_no_other_process_uses) {
  const auto store = open(path());
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_THROW(open(path()), Error) << "in use";
  std::filesystem::create_directory(folder_.path() + "/open");
  ::chmod((folder_.path() + "/open").c_str(), 0755);
  EXPECT_THROW(open(folder_.path() + "/open"), Error);
  std::filesystem::create_directory_symlink(folder_.path() + "/open", folder_.path() + "/link");
  EXPECT_THROW(open(folder_.path() + "/link"), Error);
}

}  // namespace
}  // namespace adit::dev
