## 페이지

page-title = { $project } · Layerlab
rebuild = 캐시 없이 다시 빌드
theme-system = 색상: 시스템 설정
theme-light = 색상: 밝게
theme-dark = 색상: 어둡게
close = 닫기
save = 저장
cancel = 취소
undo = 되돌리기
dismiss = 닫기
copied = 복사됨
none = 없음
and-more = 외 { $count }개

## 파일

work = 프로젝트와 빌드
files = 파일
editor = { $file } 편집기
editor-hint = Esc를 누른 뒤 Tab을 누르면 편집기에서 나갑니다
format = 정리
format-key = Dockerfile을 관례에 맞게 정리합니다 (Shift+Alt+F)
problems = 문제
problems-none = 문제 없음
problems-key = 문제 목록을 엽니다 (Ctrl+Shift+M). F8은 다음 문제로, Ctrl+.은 고칠 방법을 보여 줍니다
problems-error = 오류 { $count }개
problems-warning = 경고 { $count }개
problems-hint = 제안 { $count }개
completions = 자동 완성
control-character = 제어 문자
context = 빌드 컨텍스트
context-sum = 파일 { $count }개, { $bytes }
add-file = 파일 추가
new-file = 새 파일 경로
new-name = 새 경로
executable = 모드 { $mode }: { $file } 실행 권한
rename = { $file } 이름 바꾸기
delete = { $file } 삭제
deleted = { $path } 파일을 삭제했습니다.
path-empty = 파일 이름을 입력하세요.
path-empty-component = 경로는 “/”로 시작하거나 끝날 수 없고, “/”를 연달아 쓸 수 없습니다.
path-dots = 빌드 컨텍스트 안의 경로에는 “.”이나 “..”을 쓸 수 없습니다.
path-control = 경로에는 제어 문자를 쓸 수 없습니다.
path-too-long = 이름은 255바이트를 넘을 수 없습니다.
file-taken = 같은 이름의 파일이 이미 있습니다.
file-through-file = 경로 중간에 파일이 있습니다. 파일은 디렉터리가 될 수 없습니다.
file-dockerfile = Dockerfile은 이름을 바꾸거나 지울 수 없습니다.
file-missing = 그런 파일이 없습니다.
not-saved-full = 프로젝트를 저장하지 못했습니다. 이 사이트에 허용된 브라우저 저장 공간이 가득 찼습니다. 페이지를 닫기 전까지는 내용이 남아 있습니다.
not-saved = 프로젝트를 저장하지 못했습니다. 이 브라우저는 이 사이트의 데이터를 저장하지 않습니다. 페이지를 닫기 전까지는 내용이 남아 있습니다.
not-read = 저장된 프로젝트를 이 버전에서 읽지 못해 따로 보관하고 새 프로젝트를 열었습니다.

## 단계

steps = 단계
step = 단계
step-of = { $total }단계 중 { $number }단계
steps-sum = 실행 { $ran } · 캐시 { $cached }
steps-stale = 마지막으로 올바른 내용 기준
step-label = { $total }단계 중 { $number }단계: { $instruction }: { $state }
step-before = 이전 단계
step-before-key = 이전 단계: [
step-after = 다음 단계
step-after-key = 다음 단계: ]
status-waiting = 대기
status-running = 실행 중
status-cached = 캐시됨
status-ran = 실행됨
status-config = 설정
status-failed = 실패
status-not-reached = 실행 안 됨
tag-ran = 실행 { $time }
exit = 종료 코드 { $code }
hides = { $bytes } 가림
go-to-step = { $number }단계로 이동

## 이유

why = 이유
miss-title = { $number }단계를 다시 실행했습니다.
miss-new = 이와 같은 단계를 여기서 빌드한 적이 없습니다.
miss-no-cache = 캐시 없이 빌드하도록 요청했습니다.
miss-instruction = 명령어가 바뀌었습니다.
miss-parent = 앞선 { $number }단계({ $keyword })의 결과가 달라졌습니다.
miss-files = 복사하는 파일 중 { $count }개가 달라졌습니다.
miss-env = { $name } 값이 바뀌었습니다.
miss-env-new = { $name } 변수가 새로 설정되었습니다.
miss-env-gone = { $name } 변수가 더 이상 설정되어 있지 않습니다.
miss-workdir = 작업 디렉터리가 바뀌었습니다.
miss-user = 사용자가 바뀌었습니다.
file-new = { $path } 파일이 새로 생겼습니다.
file-gone = { $path } 파일이 없어졌습니다.
file-changed = { $path } 파일이 바뀌었습니다({ $before } → { $after }).
file-same-size = { $path } 파일이 바뀌었습니다(크기는 그대로 { $bytes }).
dragged = 이 때문에 { $steps }단계도 다시 실행되었습니다.
hit-title = { $number }단계는 캐시에서 가져왔습니다.
hit = 이 단계가 의존하는 것이 하나도 바뀌지 않았습니다.

## 실패

failure = 실패
failed-title = { $number }단계 실패
failed-exit = { $number }단계 실패, 종료 코드 { $code }
invalid-title = 이 Dockerfile은 빌드할 수 없습니다
crashed-title = 엔진이 멈췄습니다
crashed-restarted = 엔진을 다시 시작하고 파일을 모두 넘겼습니다. 잃은 것은 없습니다. 문제가 반복되면 아래 내용과 함께 알려 주세요.
crashed-resting = 같은 파일에서 엔진이 두 번 멈췄습니다. 파일은 모두 그대로 있으며, 다음에 편집하면 엔진을 다시 시작합니다. 아래 내용과 함께 알려 주세요.
copy-report = 보고 내용 복사
incompatible-title = 페이지와 엔진의 버전이 다릅니다
incompatible = 페이지를 새로 고치면 둘 다 새로 받습니다. 파일은 이 브라우저에 저장되어 있습니다.

## 살펴보기

inspector = 살펴보기
inspect = 살펴보기
tab-changes = 변경
tab-files = 파일
tab-output = 출력
tab-image = 이미지
modelled = 이 베이스 이미지는 실제 이미지를 본떠 만든 것입니다. 파일 이름과 크기는 같지만 큰 파일의 내용은 실제와 다릅니다.
nothing-yet = 아직 보여 줄 것이 없습니다.
base-changes = 베이스 이미지는 자기 레이어를 그대로 가져옵니다. 이후 단계에서 바뀐 파일은 해당 단계에 표시됩니다.
no-changes = 이 단계에서 바뀐 파일이 없습니다.
no-command-changes = 이 명령은 파일을 바꾸지 않았습니다.
no-output = 이 단계는 아무것도 출력하지 않았습니다.
no-image = 빌드가 끝나지 않아 이미지가 없습니다.
output-dropped = 앞부분 { $bytes }는 생략했습니다.
commands = 이 단계의 명령
whole-step = 단계 전체
shell-here = 여기서 셸 열기
filter-files = 경로로 찾기
files-sum = 파일 { $count }개, { $bytes }
back-to-files = 목록으로 돌아가기
no-file = 여기에 그런 파일이 없습니다.
file-empty = 빈 파일입니다.
file-deleted-here = 이 단계에서 파일을 삭제합니다. 삭제 전 내용:
file-modelled = 실제 파일을 본떠 만든 파일입니다. 이름과 크기는 같지만 내용은 다릅니다.
file-cut = 나머지 { $bytes }는 표시하지 않았습니다.
file-difference = 이 단계에서 바뀐 내용:
change-added = 추가
change-changed = 변경
change-deleted = 삭제
layers = 레이어
stratum = { $label } { $bytes }
stratum-hides = { $label } { $bytes }, { $hidden } 가림
stratum-compressed = { $label } { $bytes }, 실제 비율보다 작게 그림
strata-sum = 레이어 { $layers }개, { $bytes }
strata-hidden = { $bytes } 가려짐
image-id = 이미지
diff-id = diff
chain-id = chain
copy-image-id = 이미지 ID 복사
copy-diff-id = diff ID 복사
copy-chain-id = chain ID 복사
waste = 낭비
waste-sum = { $total } 중 { $wasted }는 이미지에 들어 있지만 보이지 않습니다({ $share }%).
waste-dive = dive의 계산 방식으로는 효율 { $efficiency }%, 낭비 { $wasted }입니다.
waste-file = 파일
waste-put = 넣은 곳
waste-hidden = 가린 곳
waste-step = { $number }단계
waste-base = 베이스 이미지
waste-advice = 한 RUN에서 만들고 지운 파일은 레이어에 남지 않습니다. 두 단계를 하나로 합치거나, 파일을 다른 스테이지에서 만들어 보세요.
history = 히스토리
created-by = 만든 명령
size = 크기
configuration = 설정
copy-configuration = 설정 복사

## 빌드

starting = 엔진을 시작하는 중 …
building = 빌드하는 중 …
loading = { $module } 불러오는 중 …
stop = 중지
stopped = 빌드를 중지했습니다. 다음에 편집하면 다시 빌드합니다.
no-engine = 엔진 없음
built = { $time } 만에 빌드 · 레이어 { $layers }개 · { $bytes }
outcome-failed = { $number }단계 실패
outcome-invalid = Dockerfile을 빌드할 수 없습니다
announce-built = 이미지 { $id } 빌드 완료: 실행 { $ran }개, 캐시 { $cached }개.
announce-invalid = 이 Dockerfile은 빌드할 수 없습니다: { $message }

## 호스트

terminal = 터미널
dock = 터미널, 이미지, 컨테이너
dock-key = 터미널, 이미지, 컨테이너 (Ctrl+`)
resize-dock = 아래 패널 높이
resize-work = 편집기와 단계 영역 너비
close-dock = 패널 접기
new-terminal = 새 터미널
terminal-name = 터미널 { $number }
terminal-at-step = { $number }단계
terminal-label = { $name }. Esc를 누른 뒤 Tab을 누르면 나갑니다.
close-terminal = { $name } 닫기
terminal-over = [셸이 끝났습니다. Enter를 누르면 터미널을 닫습니다.]
terminal-restarted = [엔진을 다시 시작했습니다. 호스트가 초기화되어 이미지와 컨테이너가 사라졌습니다.]
screen-reader-mode = 스크린 리더로 모든 줄 읽기
images = 이미지
containers = 컨테이너
no-images = 아직 이미지가 없습니다. 이 빌드의 이미지에 이름을 붙여 보관하거나, 터미널에서 docker pull 또는 docker build를 실행해 보세요.
no-containers = 아직 컨테이너가 없습니다. 터미널에서 docker run을 실행해 보세요.
this-build = 이 빌드의 이미지: { $id }
keep-build = 보관 …
image-name = 이미지 이름과 태그
chosen-image = 선택한 이미지
chosen-container = 선택한 컨테이너
image-note = { $bytes } · { $age }
image-layer =
    { $count ->
        [one] 레이어 { $number }: { $bytes }, 이 이미지에만 있음
       *[other] 레이어 { $number }: { $bytes }, 이미지 { $count }개가 공유
    }
image-shares = 레이어 { $layers }개 · 이 이미지에만 { $own } · 다른 이미지와 공유 { $shared }
age-seconds = { $count }초 전
age-minutes = { $count }분 전
age-hours = { $count }시간 전
age-days = { $count }일 전
age-years = { $count }년 전
run = 실행 …
tag = 태그 …
remove = 삭제
shell = 셸 …
start = 시작
commit = 커밋 …
copy-container-id = 컨테이너 ID 복사
fact-image = 이미지
fact-command = 명령
fact-status = 상태
fact-ports = 포트
fact-size = 쓴 용량
logs = 로그
no-logs = 출력한 내용이 없습니다.
container-changes = 이미지에서 바뀐 파일
no-container-changes = 바뀐 파일이 없습니다.

## 프로젝트

projects = 프로젝트
project-menu = { $name } 프로젝트
project-unreadable = { $name }: 이 버전에서 읽을 수 없습니다. 내용을 파일로 받기
new-project = 새 프로젝트 …
new-project-title = 새 프로젝트
empty-project = 빈 프로젝트
empty-project-name = 제목 없음
empty-project-about = 세 줄짜리 Dockerfile로 시작합니다.
open-files = 폴더나 압축 파일 열기 …
open-files-about = 내 빌드 컨텍스트를 폴더, zip, tar에서 가져옵니다.
examples = 예제
loading-examples = 예제를 불러오는 중 …
files-count = 파일 { $count }개
rename-project = 이름 바꾸기 …
rename-project-title = 프로젝트 이름 바꾸기
rename-do = 바꾸기
project-name = 이름
duplicate-project = 복제
download-project = zip으로 내려받기
delete-project = 삭제
project-deleted = { $name } 프로젝트를 삭제했습니다.
project-copied = 다른 탭에서 이 프로젝트를 바꿨습니다. 여기서 작업한 내용은 { $name }(으)로 이어집니다. 다른 탭의 내용은 프로젝트 목록에 있습니다.
not-opened = 프로젝트를 열지 못했습니다.
not-opened-unreadable = 저장된 프로젝트 하나를 이 버전에서 읽지 못했습니다. 원래대로 두었으며, 프로젝트 목록에서 파일로 받을 수 있습니다.
not-fetched = 페이지의 일부를 불러오지 못했습니다. 네트워크 연결을 확인하고 다시 시도하세요.
editor-bytes = 텍스트가 아니거나 여기서 편집하기에는 너무 큰 파일입니다({ $bytes }). 빌드에는 그대로 쓰입니다.

## 파일 열기

open-files-title = 빌드 컨텍스트 열기
drop-hint = 폴더, zip, tar를 페이지 아무 곳에나 끌어다 놓거나 아래에서 선택하세요.
choose-folder = 폴더 선택 …
choose-archive = zip 또는 tar 선택 …
open-limits = 파일 2,000개, 64 MB까지 열 수 있습니다. 내용은 이 브라우저 밖으로 나가지 않습니다. .dockerignore에 적힌 파일은 빌드할 때 제외됩니다.
reading-label = 읽는 중
reading = { $bytes } 읽음 …
open-as-project = 새 프로젝트로 열기
add-to-project = { $name }에 추가
no-dockerfile = Dockerfile이 없습니다. 새 프로젝트로 열면 기본 Dockerfile을 만듭니다.
no-modes = 실행 권한 정보가 없어 { $mark }로 시작하는 파일에만 실행 권한을 줍니다.
left-out = 다음 { $count }개 항목은 가져오지 않습니다.
left-symlink = 링크
left-device = 일반 파일이 아님
left-git = Git 내부 파일
refused-title = 열 수 없습니다. 아무것도 가져오지 않았습니다
refused-bytes = 프로젝트 하나에 담을 수 있는 { $limit }를 넘습니다. 빌드에 필요 없는 파일을 빼고 다시 시도하세요.
refused-files = 프로젝트 하나에 담을 수 있는 파일 { $limit }개를 넘습니다. 빌드에 필요 없는 파일을 빼고 다시 시도하세요.
refused-outside = { $path } 경로가 압축 파일 바깥을 가리킵니다. 믿을 수 있는 압축 파일에는 이런 경로가 없습니다.
refused-path = { $path }: 빌드 컨텍스트에서 쓸 수 없는 경로입니다.
refused-clash = { $path }: 경로 중간에 파일이 있습니다. 파일은 디렉터리가 될 수 없습니다.
refused-encrypted = 암호가 걸려 있습니다. 먼저 압축을 푼 다음 폴더를 여세요.
refused-kind = { $file }: 여기서 읽을 수 없는 형식입니다. zip, tar, tar.gz만 열 수 있습니다.
refused-unreadable = 브라우저가 { $file } 파일을 읽지 못했습니다. 그사이 파일이 옮겨지거나 바뀌었을 수 있습니다.
refused-empty = 파일이 하나도 없습니다.
refused-damaged = { $file } 파일이 손상되었거나 중간에 잘렸습니다. 적혀 있는 정보와 내용이 맞지 않습니다.

## 공유

share = 공유
share-title = { $name } 공유
share-link = 링크
share-link-about = 프로젝트 전체가 링크 안에 들어 있으며, 서버에 올라가는 것은 없습니다. 링크를 연 사람은 사본을 받고, 같은 이미지가 나오는지도 확인할 수 있습니다.
making-link = 링크를 만드는 중 …
link = 링크
copy-link = 링크 복사
copy-embed = iframe 코드 복사
link-length = { $length }자
link-too-long = 링크에는 { $limit }자까지 담을 수 있는데 이 프로젝트는 { $length }자입니다. 대신 zip 파일을 보내세요. 이 페이지에 끌어다 놓으면 열립니다.
author = 내 이름
author-none = 링크에 넣지 않음
share-files = 파일
share-files-about = Dockerfile과 빌드 컨텍스트를 폴더 하나로 묶습니다. Docker로 빌드하거나 여기서 다시 열 수 있습니다.
share-image = 이미지
share-image-about = docker save 아카이브이면서 OCI 레이아웃인 파일 하나입니다. Docker, Podman, skopeo에서 읽을 수 있습니다.
make-image-file = 이미지 파일 만들기
writing-image = 이미지 파일을 만드는 중 …
download-image = { $file } 내려받기 ({ $bytes })
image-file-refused = 파일을 만들 수 없습니다: { $message }
copy-command = 명령 복사
origin = 이 프로젝트에 대하여
try-it = 이렇게 고쳐 보기
undo-it = 원래대로 되돌리기
link-from = { $from } 님이 링크로 공유한 프로젝트입니다.
link-from-nobody = 링크로 공유받은 프로젝트입니다.
link-yours-safe = 내 프로젝트는 그대로 있습니다. 이 프로젝트는 고치는 순간 내 사본이 됩니다.
same-image = 공유한 사람과 같은 이미지입니다: { $id }
other-image = 공유한 사람의 이미지는 { $id }로, 지금 빌드한 것과 다릅니다. Layerlab의 다른 버전에서 빌드했을 수 있습니다.
link-newer = 더 새로운 버전에서 만든 링크입니다. 페이지를 새로 고친 뒤 링크를 다시 여세요.
link-damaged = 링크가 손상되었습니다. 전달되는 동안 잘렸을 수 있습니다. 링크를 다시 받거나 zip 파일로 받으세요.
open-in-layerlab = Layerlab에서 열기

## 비교

compare = 비교
compare-menu = 빌드 비교 …
compare-title = 두 빌드 비교
compare-about = 지금 빌드를 고정하고 Dockerfile을 고쳐 보세요. 단계, 레이어, 크기를 나란히 보여 주고, 파일을 고쳤을 때 각각 무엇을 다시 실행하는지도 알려 줍니다.
pin-build = 지금 빌드 고정
pin-instead = 지금 빌드로 바꿔 고정
unpin = 고정 해제
pinned = 고정한 빌드
now = 지금 빌드
replay-title = 수정 하나에 드는 비용
replay-about = 캐시가 채워진 별도 엔진에서 같은 수정을 양쪽에 하나씩 적용합니다. 채워진 칸이 다시 실행된 단계입니다.
replay-start = 수정 { $count }가지 시험
no-edits = 고쳐 볼 것이 없습니다. 빌드 컨텍스트에 파일이 없고 기본값이 있는 ARG도 없습니다.
edit = 수정
edit-touch = { $file }에 한 줄 추가
edit-argument = { $name } 기본값 변경
replay-cost = { $count }개 실행, { $time }
ran-total = { $count }개 실행
sum = 합계
