#include "app/check/git_repository.h"

#include <cstdlib>

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;
using testing::UnorderedElementsAre;

class GitRepositoryTest : public ProjectFixture {
 protected:
  void git(const std::string& words) const {
    const auto command = cat("cd '", root_, "' && git -c user.name=a -c user.email=a@b ", words, " >/dev/null 2>&1");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(concurrency-mt-unsafe): tests are processes
  }
  [[nodiscard]] std::vector<std::string> tracked(const std::string& folder = {}) const {
    const auto found = GitRepository::find(path(folder));
    return found ? found->tracked().value_or(std::vector<std::string>{"(git failed)"})
                 : std::vector<std::string>{"(no repository)"};
  }
  [[nodiscard]] std::set<std::string, std::less<>> ignored(const std::vector<std::string>& names) const {
    return GitRepository::find(root_).value().ignored(names).value();
  }
};

TEST_F(GitRepositoryTest, lists_the_tracked_files_below_a_folder) {
  git("init -q");
  write("a b ", "1");
  write("line\nend", "1");
  write("app/c", "1");
  git("add -A");
  EXPECT_THAT(tracked(), UnorderedElementsAre("a b ", "line\nend", "app/c"));
  EXPECT_THAT(tracked("app"), UnorderedElementsAre("c"));
}

TEST_F(GitRepositoryTest, lists_ignored_files) {
  git("init -q");
  write(".gitignore", ".env*\n!.env.public\n");
  write(".git/info/exclude", "private\n");
  EXPECT_THAT(ignored({".env", ".env.public", "private", "a"}), UnorderedElementsAre(".env", "private"));
}

TEST_F(GitRepositoryTest, is_not_found_in_a_folder_without_one) {
  EXPECT_FALSE(GitRepository::find(root_).has_value());
  write(".git/config", "");  // no HEAD: for git this is not a repository either
  EXPECT_FALSE(GitRepository::find(root_).has_value());
}

TEST_F(GitRepositoryTest, supports_linked_work_trees_and_sha256) {
  git("init -q --object-format=sha256 main");
  write("main/a", "1");
  git("-C main add -A");
  git("-C main commit -qm x");
  git("-C main worktree add -q ../tree");
  EXPECT_THAT(tracked("main"), UnorderedElementsAre("a"));
  EXPECT_THAT(tracked("tree"), UnorderedElementsAre("a"));
}

TEST_F(GitRepositoryTest, supports_sparse_work_trees) {
  git("init -q");
  write("top", "1");
  write("deep/below/a", "1");
  git("add -A");
  git("commit -qm x");
  git("sparse-checkout init --cone --sparse-index");
  EXPECT_THAT(tracked(), UnorderedElementsAre("top", "deep/below/a"));
}

// Each configuration here runs a program under plain git, or would let it.
TEST_F(GitRepositoryTest, runs_no_program_that_its_configuration_names) {
  const auto mark = path("PWNED");
  const auto run = cat("touch '", mark, "'; false");
  git("init -q");
  write("a", "1");
  write(".gitattributes", "* filter=evil diff=evil\n");
  git("add -A");
  git("commit -qm x");
  write("included", cat("[core]\n\tfsmonitor = \"", run, "\"\n"));
  write("hooks/post-index-change", cat("#!/bin/sh\n", run, "\n"));
  fs::permissions(path("hooks/post-index-change"), fs::perms::owner_all);
  for (const auto& config :
       {cat("[core]\n\tfsmonitor = \"", run, "\"\n"), cat("[include]\n\tpath = ", path("included"), "\n"),
        cat("[core]\n\thooksPath = ", path("hooks"), "\n\tpager = \"", run, "\"\n\tsshCommand = \"", run,
            "\"\n\teditor = \"", run, "\"\n"),
        cat("[filter \"evil\"]\n\tclean = \"", run, "\"\n\tsmudge = \"", run, "\"\n[diff \"evil\"]\n\ttextconv = \"",
            run, "\"\n\tcommand = \"", run, "\"\n"),
        cat("[extensions]\n\tpartialClone = o\n[remote \"o\"]\n\tpromisor = true\n\turl = \"ext::sh -c touch% ", mark,
            "\"\n[protocol]\n\tallow = always\n"),
        cat("[alias]\n\tls-files = \"!", run, "\"\n[pager]\n\tls-files = \"", run, "\"\n")}) {
    write(".git/config", config);
    write("a", cat("changed ", config.size()));  // so that git must compare the index with the file again
    EXPECT_THAT(tracked(), UnorderedElementsAre(".gitattributes", "a"));
    EXPECT_TRUE(ignored({"a", ".env"}).empty());
    EXPECT_FALSE(fs::exists(mark)) << config;
  }
}

// A submodule's configuration is in the outer repository, and git reads it when it looks into the submodule.
TEST_F(GitRepositoryTest, runs_no_program_that_a_submodule_configures) {
  const auto mark = path("PWNED");
  git("init -q part");
  write("part/b", "1");
  git("-C part add -A");
  git("-C part commit -qm x");
  git("init -q whole");
  write("whole/a", "1");
  git("-C whole -c protocol.file.allow=always submodule add -q ../part sub");
  git("-C whole add -A");
  git("-C whole commit -qm x");
  write("whole/.git/modules/sub/config",
        cat("[core]\n\trepositoryformatversion = 0\n\tworktree = ../../../sub\n\tfsmonitor = \"touch '", mark,
            "'; false\"\n"));
  write("home/.gitconfig", "[submodule]\n\trecurse = true\n[status]\n\tsubmoduleSummary = true\n");
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  ::setenv("HOME", path("home").c_str(), 1);                                           // NOLINT(concurrency-mt-unsafe)
  EXPECT_THAT(tracked("whole"), UnorderedElementsAre(".gitmodules", "a", "sub"));
  EXPECT_THAT(tracked("whole/sub"), UnorderedElementsAre("b"));
  EXPECT_TRUE(GitRepository::find(path("whole")).value().ignored({".env", "sub"}).has_value());
  EXPECT_TRUE(GitRepository::find(path("whole/sub")).value().ignored({".env"}).has_value());
  ::setenv("HOME", home.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_FALSE(fs::exists(mark));
}

TEST_F(GitRepositoryTest, ignores_a_bare_repository_among_the_sources) {
  git("init -q");
  write("app/HEAD", "ref: refs/heads/main\n");
  write("app/config", cat("[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"touch '", path("PWNED"), "'\"\n"));
  write("app/objects/keep", "");
  write("app/refs/keep", "");
  git("add -A");
  EXPECT_THAT(tracked("app"), UnorderedElementsAre("HEAD", "config", "objects/keep", "refs/keep"));
  EXPECT_FALSE(fs::exists(path("PWNED")));
}

TEST_F(GitRepositoryTest, ignores_gits_environment_variables) {
  git("init -q other");
  git("init -q");
  write("a", "1");
  git("add a");
  // NOLINTBEGIN(concurrency-mt-unsafe): tests are processes
  ::setenv("GIT_DIR", path("other/.git").c_str(), 1);
  ::setenv("GIT_CONFIG_COUNT", "1", 1);
  ::setenv("GIT_CONFIG_KEY_0", "core.fsmonitor", 1);
  ::setenv("GIT_CONFIG_VALUE_0", cat("touch '", path("PWNED"), "'").c_str(), 1);
  EXPECT_THAT(tracked(), UnorderedElementsAre("a"));
  for (const auto* name : {"GIT_DIR", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"}) ::unsetenv(name);
  // NOLINTEND(concurrency-mt-unsafe)
  EXPECT_FALSE(fs::exists(path("PWNED")));
}

TEST_F(GitRepositoryTest, does_not_run_a_git_inside_the_repository) {
  git("init -q");
  write("bin/git", cat("#!/bin/sh\ntouch '", path("PWNED"), "'\n"));
  fs::permissions(path("bin/git"), fs::perms::owner_all);
  git("add -A");
  const std::string before = std::getenv("PATH");                      // NOLINT(concurrency-mt-unsafe)
  ::setenv("PATH", cat("bin:", path("bin"), ":", before).c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_THAT(tracked(), UnorderedElementsAre("bin/git"));
  ::setenv("PATH", before.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_FALSE(fs::exists(path("PWNED")));
}

TEST_F(GitRepositoryTest, is_not_reported_as_empty_if_git_cannot_read_it) {
  git("init -q");
  write(".git/index", "DIRC and then nonsense");
  EXPECT_FALSE(GitRepository::find(root_).value().tracked().has_value());
}

TEST_F(GitRepositoryTest, makes_gitignore_lines_that_match_only_the_file) {
  git("init -q");
  const std::vector<std::string> names = {".env.a b",      ".env.a ", ".env.a  ", ".env.*",         ".env.[a]",
                                          ".env.\\",       "#.env",   "!.env",    ".env.a;touch x", ".env.?",
                                          ".env.\xC3\xA9", " .env",   "\\ "};
  for (const auto& name : names) {
    write(".gitignore", gitignore_line(name).value() + "\n");
    EXPECT_THAT(ignored(names), UnorderedElementsAre(name));
  }
  EXPECT_FALSE(gitignore_line(".env.\n!important").has_value());
  EXPECT_FALSE(gitignore_line(".env.\r").has_value());
  EXPECT_FALSE(gitignore_line("").has_value());
}

}  // namespace
}  // namespace adit::app
