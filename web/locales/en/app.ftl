## The page

page-title = { $project } · Layerlab
rebuild = Rebuild without cache
theme-system = Colours: as the system
theme-light = Colours: light
theme-dark = Colours: dark
close = Close
save = Save
cancel = Cancel
undo = Undo
dismiss = Dismiss
copied = Copied
none = none
and-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }

## Files

work = Project and build
files = Files
editor = { $file }, editor
editor-hint = Esc, then Tab leaves the editor
format = Format
format-key = Lay out the Dockerfile as is usual (Shift+Alt+F)
problems = Problems
problems-none = No problems
problems-key = List the problems (Ctrl+Shift+M); F8 goes to the next, Ctrl+. offers fixes
problems-error =
    { $count ->
        [one] one error
       *[other] { $count } errors
    }
problems-warning =
    { $count ->
        [one] one warning
       *[other] { $count } warnings
    }
problems-hint =
    { $count ->
        [one] one hint
       *[other] { $count } hints
    }
completions = Completions
control-character = Control character
context = Build context
context-sum =
    { $count ->
        [one] one file, { $bytes }
       *[other] { $count } files, { $bytes }
    }
add-file = Add a file
new-file = Path of the new file
new-name = New path
executable = Mode { $mode }: { $file } may be executed
rename = Rename { $file }
delete = Delete { $file }
deleted = { $path } was deleted.
path-empty = A file needs a name.
path-empty-component = A path begins and ends with a name, and has one between every two slashes.
path-dots = A path in the build context has no “.” or “..”.
path-control = A path has no control characters.
path-too-long = A name has at most 255 bytes.
file-taken = There is already a file of that name.
file-through-file = That path leads through a file: a file cannot be a directory too.
file-dockerfile = The Dockerfile stays where it is.
file-missing = There is no such file.
not-saved-full = Your project is not saved: the browser's space for this site is used up. What you see is still here until you close the page.
not-saved = Your project is not saved: this browser keeps nothing for this site. What you see is still here until you close the page.
not-read = A saved project could not be read by this version. It was put aside, and this one is new.

## Steps

steps = Steps
step = Step
step-of = Step { $number } of { $total }
steps-sum = { $ran } ran · { $cached } cached
steps-stale = of the last valid text
step-label = Step { $number } of { $total }: { $instruction }: { $state }
step-before = Step before
step-before-key = Step before: [
step-after = Step after
step-after-key = Step after: ]
status-waiting = waiting
status-running = running
status-cached = cached
status-ran = ran
status-config = config
status-failed = failed
status-not-reached = not reached
tag-ran = ran { $time }
exit = exit code { $code }
hides = hides { $bytes }
go-to-step = Go to step { $number }

## Why

why = Why
miss-title = Step { $number } ran again:
miss-new = nothing like it was built here before.
miss-no-cache = you asked for a build without the cache.
miss-instruction = the instruction reads differently.
miss-parent = it stands on step { $number }, { $keyword }, which gave another result.
miss-files = { $count } of the files it copies differ.
miss-env = { $name } has another value.
miss-env-new = { $name } was not set before.
miss-env-gone = { $name } is no longer set.
miss-workdir = the working directory is another.
miss-user = the user is another.
file-new = { $path } is new.
file-gone = { $path } is gone.
file-changed = { $path } changed, { $before } → { $after }.
file-same-size = { $path } changed, still { $bytes }.
dragged =
    { $count ->
        [one] It took step { $steps } with it.
       *[other] It took steps { $steps } with it.
    }
hit-title = Step { $number } came from the cache:
hit = nothing it depends on has changed.

## Failures

failure = Failure
failed-title = Step { $number } failed
failed-exit = Step { $number } failed with exit code { $code }
invalid-title = This Dockerfile cannot be built
crashed-title = The engine stopped
crashed-restarted = It was started again with your files; nothing of yours is lost. If this comes back, please report it with this text:
crashed-resting = It stopped twice on the same files, which are all still here. It starts again with your next edit. Please report it with this text:
copy-report = Copy the report
incompatible-title = The page and its engine are of different versions
incompatible = Reload the page to get both anew. Your files are saved in this browser.

## Inspector

inspector = Inspector
inspect = Inspect
tab-changes = Changes
tab-files = Files
tab-output = Output
tab-image = Image
modelled = This base is modelled after the real image: files have its names and sizes, but large ones have no real content.
nothing-yet = Nothing to show yet.
base-changes = The base brings its own layers. What later steps change in it is listed with them.
no-changes = This step changed no files.
no-command-changes = This command changed no files.
no-output = This step printed nothing.
no-image = No image: the build did not come to its end.
output-dropped = The first { $bytes } are left out.
commands = Commands of this step
whole-step = The whole step
shell-here = Open a shell here
filter-files = Filter by path
files-sum =
    { $count ->
        [one] one file, { $bytes }
       *[other] { $count } files, { $bytes }
    }
back-to-files = Back to the list
no-file = There is no such file here.
file-empty = The file is empty.
file-deleted-here = This step deletes the file. Before, it was:
file-modelled = This file is modelled after a real one: its name and size are real, its content is not.
file-cut = { $bytes } more are not shown.
file-difference = What this step changed in the file:
change-added = added
change-changed = changed
change-deleted = deleted
layers = Layers
stratum = { $label } { $bytes }
stratum-hides = { $label } { $bytes }, hides { $hidden }
stratum-compressed = { $label } { $bytes }, drawn smaller than to scale
strata-sum =
    { $layers ->
        [one] one layer, { $bytes }
       *[other] { $layers } layers, { $bytes }
    }
strata-hidden = { $bytes } hidden
image-id = image
diff-id = diff
chain-id = chain
copy-image-id = Copy the image ID
copy-diff-id = Copy the diff ID
copy-chain-id = Copy the chain ID
waste = Waste
waste-sum = { $wasted } of { $total } are shipped and never seen ({ $share } %).
waste-dive = dive counts otherwise: efficiency { $efficiency } %, wasted { $wasted }.
waste-file = File
waste-put = Put there by
waste-hidden = Hidden by
waste-step = step { $number }
waste-base = the base
waste-advice = A file that is made and removed in one RUN is in no layer: merge the steps, or make the file in another stage.
history = History
created-by = Created by
size = Size
configuration = Configuration
copy-configuration = Copy the configuration

## The build

starting = Starting the engine …
building = Building …
loading = Loading { $module } …
stop = Stop
stopped = Stopped. The next edit builds again.
no-engine = No engine
built =
    { $layers ->
        [one] Built in { $time } · one layer · { $bytes }
       *[other] Built in { $time } · { $layers } layers · { $bytes }
    }
outcome-failed = Step { $number } failed
outcome-invalid = The Dockerfile cannot be built
announce-built = Image { $id } built: { $ran } ran, { $cached } cached.
announce-invalid = This Dockerfile cannot be built: { $message }

## The host machine

terminal = Terminal
dock = Terminals, images and containers
dock-key = Terminals, images and containers (Ctrl+`)
resize-dock = Height of the drawer
resize-work = Width of the editor and the steps
close-dock = Fold the drawer
new-terminal = New terminal
terminal-name = Terminal { $number }
terminal-at-step = Step { $number }
terminal-label = { $name }. Esc, then Tab leaves it.
close-terminal = Close { $name }
terminal-over = [The shell is over. Enter closes this terminal.]
terminal-restarted = [The engine was started again. The host machine is as new: its images and containers are gone.]
screen-reader-mode = Tell every line to screen readers
images = Images
containers = Containers
no-images = No images yet. Keep this build’s image under a name, or type docker pull or docker build in a terminal.
no-containers = No containers yet. Type docker run in a terminal.
this-build = This build’s image: { $id }
keep-build = Keep as …
image-name = Name and tag of the image
chosen-image = The chosen image
chosen-container = The chosen container
image-note = { $bytes } · { $age }
image-layer =
    { $count ->
        [one] Layer { $number }: { $bytes }, only here
       *[other] Layer { $number }: { $bytes }, in { $count } images
    }
image-shares =
    { $layers ->
        [one] One layer
       *[other] { $layers } layers
    } · { $own } only here · { $shared } shared with other images
age-seconds =
    { $count ->
        [one] one second old
       *[other] { $count } seconds old
    }
age-minutes =
    { $count ->
        [one] one minute old
       *[other] { $count } minutes old
    }
age-hours =
    { $count ->
        [one] one hour old
       *[other] { $count } hours old
    }
age-days =
    { $count ->
        [one] one day old
       *[other] { $count } days old
    }
age-years =
    { $count ->
        [one] one year old
       *[other] { $count } years old
    }
run = Run …
tag = Tag …
remove = Remove
shell = Shell …
start = Start
commit = Commit …
copy-container-id = Copy the container ID
fact-image = Image
fact-command = Command
fact-status = Status
fact-ports = Ports
fact-size = Written
logs = Logs
no-logs = It has printed nothing.
container-changes = Changes to its image
no-container-changes = It has changed no files.

## Projects

projects = Projects
project-menu = Project { $name }
project-unreadable = { $name }: this version cannot read it. Download what is there
new-project = New project …
new-project-title = New project
empty-project = Empty project
empty-project-name = untitled
empty-project-about = A Dockerfile with three lines.
open-files = Open a folder or an archive …
open-files-about = Your own build context: a folder, a zip or a tar.
examples = Examples
loading-examples = Loading the examples …
files-count =
    { $count ->
        [one] one file
       *[other] { $count } files
    }
rename-project = Rename …
rename-project-title = Rename the project
rename-do = Rename
project-name = Name
duplicate-project = Duplicate
download-project = Download as zip
delete-project = Delete
project-deleted = The project { $name } was deleted.
project-copied = Another tab changed this project. What you have here goes on as { $name }; the other one is in the list.
not-opened = The project could not be opened.
not-opened-unreadable = A saved project cannot be read by this version. It was left as it is: the list of projects offers it as a file.
not-fetched = A part of the page could not be fetched. Check the connection and try again.
editor-bytes = { $bytes } that are not text, or too long to be edited here. The build takes them as they are.

## Opening files

open-files-title = Open a build context
drop-hint = Drop a folder, a zip or a tar anywhere on the page, or choose one.
choose-folder = Choose a folder …
choose-archive = Choose a zip or tar …
open-limits = At most 2,000 files and 64 MB; nothing leaves this browser. What .dockerignore names is left out by the build.
reading-label = Reading
reading = { $bytes } read …
open-as-project = Open as a new project
add-to-project = Add to { $name }
no-dockerfile = There is no Dockerfile in it: a new project begins with one.
no-modes = Nothing says which files may be executed: those that begin with { $mark } may.
left-out =
    { $count ->
        [one] One entry is left out:
       *[other] { $count } entries are left out:
    }
left-symlink = a link
left-device = no file
left-git = kept by Git
refused-title = It cannot be opened; nothing of it was taken
refused-bytes = It holds more than { $limit }, which is what a project takes here. Leave out what the build does not need.
refused-files = It holds more than { $limit } files, which is what a project takes here. Leave out what the build does not need.
refused-outside = { $path } leads out of the archive. An archive that you trust has no such path.
refused-path = { $path } cannot be the path of a file in a build context.
refused-clash = { $path } leads through a file: a file cannot be a directory too.
refused-encrypted = It is encrypted. Unpack it with its password first, then open the folder.
refused-kind = { $file } is of a kind that cannot be read here. Zip, tar and tar.gz can.
refused-unreadable = The browser could not read { $file }. It may have been moved or changed meanwhile.
refused-empty = There are no files in it.
refused-damaged = { $file } is damaged or was cut off: its contents do not fit what it says of them.

## Passing on

share = Share
share-title = Share { $name }
share-link = Link
share-link-about = The whole project is in the link itself; nothing is uploaded. Who opens it gets a copy, and sees whether the same image comes out.
making-link = Making the link …
link = Link
copy-link = Copy the link
copy-embed = Copy as a frame for a page
link-length = { $length } characters
link-too-long = With { $length } characters the project is too long for a link, which may have { $limit }. Pass the zip on instead: it can be dropped on this page.
author = Your name
author-none = not in the link
share-files = Files
share-files-about = Dockerfile and build context in one folder, to build with Docker or to open here again.
share-image = Image
share-image-about = One file that is a docker save archive and an OCI layout, for Docker, Podman and skopeo.
make-image-file = Write the image file
writing-image = Writing the image …
download-image = Download { $file }, { $bytes }
image-file-refused = There is no file: { $message }.
copy-command = Copy the command
origin = About this project
try-it = Make this change
undo-it = Undo this change
link-from = From { $from }, by a link.
link-from-nobody = Somebody’s project, by a link.
link-yours-safe = Your own projects are as they were; this one becomes yours when you change it.
same-image = The same image as theirs: { $id }
other-image = They had another image: { $id }. Another version of Layerlab may have built it.
link-newer = That link was made by a newer version. Reload the page to get it, then open the link again.
link-damaged = That link is damaged: it may have been cut off on its way. Ask for it again, or for the zip.
open-in-layerlab = Open in Layerlab

## Comparing

compare = Compare
compare-menu = Compare builds …
compare-title = Compare two builds
compare-about = Pin this build, then change the Dockerfile: both are shown side by side, with their steps, layers and bytes, and with what an edit costs in each.
pin-build = Pin this build
pin-instead = Pin this build instead
unpin = Unpin
pinned = Pinned
now = Now
replay-title = What an edit costs
replay-about = Each edit is tried on both, in an engine of its own with a warm cache: a filled step runs again.
replay-start =
    { $count ->
        [one] Try one edit
       *[other] Try { $count } edits
    }
no-edits = There is nothing to edit: no file in the build context, no ARG with a default.
edit = Edit
edit-touch = A line more in { $file }
edit-argument = Another default of { $name }
replay-cost = { $count } ran, { $time }
ran-total = { $count } ran
sum = All together
