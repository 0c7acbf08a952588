"""What a reader meets on particular pages: first screen, search, switch of modes, folds; and with no server."""


def test_the_first_screen_shows_a_live_figure_and_three_doors(page, site_url):
    page.goto(f"{site_url}/index.html")
    page.wait_for_selector(".cnn-filter-photo canvas")
    for part in (".cnn-filter-photo", ".cnn-doors"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900, f"{part} ends below the first screen: {box}"
    doors = page.locator(".cnn-doors a")
    assert doors.count() == 3
    for link in doors.evaluate_all("all => all.map(a => a.href)"):
        assert page.request.get(link).ok


def test_search_finds_a_page(page, site_url):
    page.goto(f"{site_url}/search.html?q=receptive")
    page.wait_for_selector("#search-results li a[href*='receptive_fields.html']")  # they come in one by one


def test_the_reader_can_switch_to_dark(page, site_url):
    page.goto(f"{site_url}/index.html")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):  # the switch goes round light, dark and the system's choice
        page.locator("button.theme-switch-button:visible").first.click()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_exercises_fold_their_solutions(page, site_url):
    page.goto(f"{site_url}/chapters/01_convolution/layer.html")
    solution = page.locator("details.cnn-fold", has_text="Solution 1").first
    body = solution.locator("p").first
    assert not body.is_visible()
    solution.locator("summary").click()
    assert body.is_visible()


def test_works_from_a_folder_with_no_server(page, site):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto((site / "index.html").as_uri(), wait_until="load")
    page.wait_for_selector(".cnn-filter-photo canvas")
    page.goto((site / "chapters/01_convolution/layer.html").as_uri(), wait_until="load")
    page.wait_for_selector(".cnn-conv-step")
    page.wait_for_selector("mjx-container")
    assert errors == []
