package io.millrace.servlet;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;

import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * One handler for each feature of Spring MVC that leans on the servlet container.
 */
@Controller
@ResponseBody
class MvcController {

	final List<String> ends = new CopyOnWriteArrayList<>();

	record Student(@NotBlank String name, int year) {

	}

	@GetMapping("/text")
	String text(@RequestParam(defaultValue = "hello") String say) {
		return say;
	}

	@GetMapping("/json/{name}")
	Student json(@PathVariable String name) {
		return new Student(name, 3);
	}

	@PostMapping("/json")
	ResponseEntity<Student> post(@Valid @RequestBody Student student) {
		return ResponseEntity.status(HttpStatus.CREATED).body(student);
	}

	@ExceptionHandler
	ProblemDetail invalid(MethodArgumentNotValidException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "invalid " + ex.getErrorCount());
	}

	@ExceptionHandler
	@org.springframework.web.bind.annotation.ResponseStatus(HttpStatus.CONFLICT)
	String conflict(IllegalStateException ex) {
		return "handled " + ex.getMessage();
	}

	@GetMapping("/conflict")
	String conflict() {
		throw new IllegalStateException("seats");
	}

	@GetMapping("/fail")
	String fail() {
		throw new UnsupportedOperationException("nobody handles this");
	}

	@GetMapping("/error-page")
	Map<String, Object> errorPage(HttpServletRequest request) {
		return Map.of("status", request.getAttribute("jakarta.servlet.error.status_code"), "type",
				request.getDispatcherType().name());
	}

	@PostMapping("/form")
	String form(@ModelAttribute Student student) {
		return student.name() + student.year();
	}

	@PutMapping("/form")
	String put(@RequestParam String name) {
		return "put " + name;
	}

	@GetMapping("/cookies")
	String cookies(@CookieValue(defaultValue = "none") String seen, HttpServletResponse response) {
		Cookie cookie = new Cookie("seen", "yes");
		cookie.setMaxAge(60);
		cookie.setAttribute("SameSite", "Lax");
		response.addCookie(cookie);
		return seen;
	}

	@GetMapping("/locale")
	String locale(Locale locale) {
		return locale.toLanguageTag();
	}

	@GetMapping("/session")
	String session(HttpSession session) {
		Integer count = (Integer) session.getAttribute("count");
		session.setAttribute("count", (count != null) ? count + 1 : 1);
		return "" + session.getAttribute("count");
	}

	@PostMapping("/upload")
	String upload(@RequestParam MultipartFile file, @RequestParam String title) throws IOException {
		return title + " " + file.getOriginalFilename() + " " + file.getSize() + " " + new String(file.getBytes());
	}

	@GetMapping("/callable")
	Callable<String> callable() {
		return () -> "called";
	}

	@GetMapping("/callable-fails")
	Callable<String> callableFails() {
		return () -> {
			throw new IllegalStateException("in the callable");
		};
	}

	@GetMapping("/deferred")
	DeferredResult<Student> deferred() {
		DeferredResult<Student> result = new DeferredResult<>();
		result.onCompletion(() -> this.ends.add("deferred"));
		TestServer.elsewhere(() -> result.setResult(new Student("deferred", 1)));
		return result;
	}

	@GetMapping("/deferred-late")
	DeferredResult<String> deferredLate() {
		return new DeferredResult<>(10L);
	}

	@GetMapping("/deferred-fallback")
	DeferredResult<String> deferredFallback() {
		return new DeferredResult<>(10L, () -> "fallback");
	}

	@GetMapping("/task-late")
	WebAsyncTask<String> taskLate() {
		TaskExecutorAdapter busy = new TaskExecutorAdapter((never) -> {
		});
		WebAsyncTask<String> task = new WebAsyncTask<>(10L, busy, () -> "never");
		task.onTimeout(() -> "timed out");
		return task;
	}

	@GetMapping("/sse")
	SseEmitter sse() {
		SseEmitter emitter = new SseEmitter();
		TestServer.elsewhere(() -> {
			try {
				emitter.send(SseEmitter.event().name("one").data("1"));
				emitter.send(new Student("two", 2), MediaType.APPLICATION_JSON);
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@GetMapping("/sse-forever")
	SseEmitter sseForever() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		emitter.onError((ex) -> this.ends.add("sse error"));
		emitter.onCompletion(() -> this.ends.add("sse completed"));
		emitter.send("hello");
		return emitter;
	}

	@GetMapping("/emitter")
	ResponseBodyEmitter emitter() {
		ResponseBodyEmitter emitter = new ResponseBodyEmitter();
		TestServer.elsewhere(() -> {
			try {
				emitter.send("a");
				emitter.send("b");
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@GetMapping("/emitter-fails")
	ResponseBodyEmitter emitterFails() {
		ResponseBodyEmitter emitter = new ResponseBodyEmitter();
		TestServer.elsewhere(() -> emitter.completeWithError(new IllegalStateException("in the emitter")));
		return emitter;
	}

	@GetMapping("/streaming")
	StreamingResponseBody streaming() {
		return (out) -> {
			for (int i = 0; i < 3; i++) {
				out.write(("line " + i + "\n").getBytes());
				out.flush();
			}
		};
	}

	@GetMapping("/send-error")
	void sendError(HttpServletResponse response) throws IOException {
		response.sendError(403, "no");
	}

	@GetMapping("/include")
	void include(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
		response.getOutputStream().print("[");
		request.getRequestDispatcher("/text").include(request, response);
		response.getOutputStream().print("]");
	}

	/** Handlers that return views. */
	@Controller
	static class Views {

		@GetMapping("/forward")
		String forward() {
			return "forward:/text?say=forwarded";
		}

		@GetMapping("/redirect")
		String redirect(RedirectAttributes attributes) {
			attributes.addFlashAttribute("flash", "remembered");
			return "redirect:/flash";
		}

		@GetMapping("/flash")
		@ResponseBody
		String flash(@ModelAttribute("flash") String flash) {
			return flash;
		}

	}

}
