// Courses are fetched once; after that the server tells which seats changed.

const $ = (id) => document.getElementById(id);
const courses = new Map();   // id -> course as the server shows it
const cards = new Map();     // id -> its list item
let mine = new Set();        // ids of the courses this student has a seat in
let student = remembered();
let noticeTimer;

async function call(path, method = 'GET', body) {
  const options = { method };
  if (body instanceof FormData) {
    options.body = body;
  } else if (body) {
    options.body = JSON.stringify(body);
    options.headers = { 'Content-Type': 'application/json' };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw { detail: 'The desk does not answer. Try again in a moment.' };
  }
  const json = response.headers.get('Content-Type')?.includes('json') ? await response.json() : null;
  if (!response.ok) {
    throw json ?? { status: response.status, detail: `The desk answered ${response.status}.` };
  }
  return json;
}

function tell(message) {
  $('notice').textContent = message;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => $('notice').textContent = '', 6000);
}

function explain(problem) {
  const fields = problem.errors?.map((error) => `${error.field ?? 'Input'} ${error.message}`).join('; ');
  tell(fields || problem.detail || 'That did not work.');
}

// Student

function remembered() {
  try {
    return JSON.parse(localStorage.getItem('student'));
  } catch {
    return null;
  }
}

async function setStudent(who) {
  student = who;
  try {
    who ? localStorage.setItem('student', JSON.stringify(who)) : localStorage.removeItem('student');
  } catch { /* private mode: remembered until the page is left */ }
  mine = new Set(who ? (await call(`students/${who.id}/courses`)).map((course) => course.id) : []);
  showStudent();
  show();
}

function showStudent() {
  $('register').hidden = Boolean(student);
  $('student').hidden = !student;
  $('mine-label').hidden = !student;
  $('student-name').textContent = student?.name ?? '';
  $('student-email').textContent = student?.email ?? '';
  if (!student) {
    $('mine').checked = false;
  }
}

async function register(name, email) {
  try {
    await setStudent(await call('students', 'POST', { name, email }));
    tell(`Welcome, ${student.name}.`);
  } catch (problem) {
    const known = problem.status === 409 && (await call(`students?email=${encodeURIComponent(email)}`))[0];
    if (!known) {
      throw problem;
    }
    await setStudent(known);
    tell(`Welcome back, ${known.name}.`);
  }
}

// Courses

async function load() {
  for (const course of await call('courses')) {
    courses.set(course.id, course);
  }
  show();
}

function show() {
  const words = $('find').value.trim().toLowerCase();
  let shown = 0;
  let left = 0;
  let previous = null;
  for (const course of [...courses.values()].sort((a, b) => a.code.localeCompare(b.code))) {
    const card = cards.get(course.id) ?? newCard(course);
    if (!card.isConnected) {
      previous ? previous.after(card) : $('courses').prepend(card);
    }
    previous = card;
    update(card, course);
    const fits = `${course.code} ${course.title} ${course.lecturer}`.toLowerCase().includes(words)
        && (!$('free').checked || course.seatsTaken < course.seats)
        && (!$('mine').checked || mine.has(course.id));
    card.hidden = !fits;
    shown += fits;
    left += course.seats - course.seatsTaken;
  }
  $('empty').hidden = shown > 0 || courses.size === 0;
  $('summary').textContent = `${courses.size} courses, ${left.toLocaleString()} free seats`;
}

function newCard(course) {
  const card = $('course').content.firstElementChild.cloneNode(true);
  const part = (selector) => card.querySelector(selector);
  part('.code').textContent = course.code;
  part('h3').textContent = course.title;
  part('.lecturer').textContent = course.lecturer;
  part('.description').textContent = course.description;
  part('.seat').addEventListener('click', () => toggle(course.id).catch(explain));
  part('input').addEventListener('change', (event) => upload(course.id, event.target).catch(explain));
  part('.upload input').setAttribute('aria-label', `Upload a syllabus for ${course.title}`);
  part('.left').addEventListener('animationend', () => card.classList.remove('changed'));
  cards.set(course.id, card);
  return card;
}

function update(card, course) {
  const part = (selector) => card.querySelector(selector);
  const left = course.seats - course.seatsTaken;
  const taken = mine.has(course.id);
  const text = left === 0 ? 'Full' : `${left} ${left === 1 ? 'seat' : 'seats'} left`;
  if (part('.left').textContent && part('.left').textContent !== text) {
    card.classList.add('changed');
  }
  part('.left').textContent = text;
  part('.of').textContent = left === 0 ? `${course.seats} seats taken` : `of ${course.seats}`;
  part('.bar div').style.setProperty('--share', course.seatsTaken / course.seats);
  card.classList.toggle('full', left === 0);
  card.classList.toggle('scarce', left > 0 && left <= Math.max(1, course.seats * .15));
  card.classList.toggle('taken', taken);

  const button = part('.seat');
  button.textContent = taken ? 'Withdraw' : left === 0 ? 'No seat left' : 'Enrol';
  button.setAttribute('aria-label', `${button.textContent}: ${course.title}`);
  button.classList.toggle('primary', !taken && left > 0);
  button.disabled = !taken && left === 0;

  const link = part('.syllabus a');
  link.hidden = !course.syllabus;
  link.href = `courses/${course.id}/syllabus`;
  link.textContent = link.title = course.syllabus ?? '';
  part('.upload span').textContent = course.syllabus ? 'Replace' : 'Add a syllabus';
}

async function toggle(id) {
  if (!student) {
    $('register').scrollIntoView({ block: 'center' });
    $('register').elements.name.focus();
    return tell('Register first, then take a seat.');
  }
  const course = courses.get(id);
  const path = `courses/${id}/enrolments/${student.id}`;
  if (mine.has(id)) {
    await call(path, 'DELETE');
    mine.delete(id);
    tell(`You gave back your seat in ${course.title}.`);
  } else {
    await call(path, 'PUT');
    mine.add(id);
    tell(`You have a seat in ${course.title}.`);
  }
  show();
}

async function upload(id, input) {
  const form = new FormData();
  form.append('file', input.files[0]);
  input.value = '';
  await call(`courses/${id}/syllabus`, 'PUT', form);
  await load();
  tell('The syllabus is there for everyone.');
}

// Live seats

function listen() {
  const stream = new EventSource('live');
  stream.addEventListener('open', () => lamp('live', 'Live'));
  stream.addEventListener('seats', (event) => {
    const changes = JSON.parse(event.data);
    for (const { courseId, seats, seatsTaken } of changes) {
      Object.assign(courses.get(courseId) ?? {}, { seats, seatsTaken });
    }
    changes.every(({ courseId }) => courses.has(courseId)) ? show() : load().catch(explain);
  });
  stream.addEventListener('error', () => {
    lamp('waiting', 'Connecting again');
    if (stream.readyState === EventSource.CLOSED) {  // refused, not just interrupted: the browser gives up, we do not
      setTimeout(listen, 10000);
    }
  });
}

function lamp(state, text) {
  $('live').dataset.state = state;
  $('live-text').textContent = text;
}

$('register').addEventListener('submit', (event) => {
  event.preventDefault();
  const { name, email } = event.target.elements;
  register(name.value, email.value).catch(explain);
});
$('leave').addEventListener('click', () => setStudent(null));
$('filter').addEventListener('submit', (event) => event.preventDefault());
$('filter').addEventListener('input', show);

showStudent();
await load().catch(explain);
if (student) {
  // The desk's memory may be shorter than the browser's.
  await setStudent(student).catch(() => setStudent(null));
}
listen();
