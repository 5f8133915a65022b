package io.millrace.demo.problem;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSourceResolvable;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.MethodValidationResult;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;

/**
 * One input that was refused, an element of the extension member {@code errors}.
 *
 * @param field the field or parameter; {@code null} if the whole is wrong
 */
record FieldProblem(@Nullable String field, @Nullable String message) {

	static List<FieldProblem> of(Errors errors) {
		return errors.getAllErrors().stream().map(FieldProblem::of).toList();
	}

	static List<FieldProblem> of(MethodValidationResult result) {
		return result.getParameterValidationResults().stream().flatMap(FieldProblem::of).toList();
	}

	private static Stream<FieldProblem> of(ParameterValidationResult result) {
		if (result instanceof ParameterErrors errors) {
			return of((Errors) errors).stream();
		}
		String parameter = result.getMethodParameter().getParameterName();
		return result.getResolvableErrors().stream().map((error) -> new FieldProblem(parameter, message(error)));
	}

	private static FieldProblem of(MessageSourceResolvable error) {
		return new FieldProblem((error instanceof FieldError field) ? field.getField() : null, message(error));
	}

	private static @Nullable String message(MessageSourceResolvable error) {
		return error.getDefaultMessage();
	}

}
