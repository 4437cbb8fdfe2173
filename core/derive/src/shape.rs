//! The code of `Shaped`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::generics;
use crate::model::{Field, Form, Model};

/// Makes `impl Shaped`.
pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let shapes = Shapes::new(model);
    let Shapes { derived, json, .. } = &shapes;
    let ident = &model.input.ident;
    let own = &model.input.generics;
    let shaped = quote!(#json::Shaped);
    let known = model.written().filter(|field| is_known(field));
    let bounds = generics::bounds(own, known.map(|field| &field.ty), &shaped);
    let generics = generics::with(own, bounds);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = own.split_for_impl();
    let shape = match &model.form {
        Form::Fields(fields) => {
            let (flat, own): (Vec<_>, Vec<_>) = fields
                .iter()
                .partition(|field| field.attributes.is_flat && !field.attributes.is_hidden);
            let fields = own.iter().map(|field| {
                let shape = shapes.of_field(field);
                let name = &field.name;
                quote!((#name, #shape))
            });
            let fields = quote!(#json::Shape::Model(&[#(#fields),*]));
            let joined: Vec<_> = flat.iter().map(|field| shapes.of_field(field)).collect();
            match (own.is_empty(), joined.is_empty()) {
                (_, true) => fields,
                (true, false) => quote!(#json::Shape::Joined(&[#(#joined),*])),
                (false, false) => quote!(#json::Shape::Joined(&[&#fields, #(#joined),*])),
            }
        }
        Form::Newtype(field, _) | Form::Transparent(field) => {
            let shape = shapes.of_field(field);
            quote!(*#shape)
        }
    };
    let (place, shape) = match shapes.has_place {
        true => {
            let shape = generics::with_static(own, shape);
            let place = quote!(static __SHAPE: #json::Shape = #shape;);
            (Some(place), quote!(&__SHAPE))
        }
        false => (None, quote!(&#shape)),
    };
    quote! {
        #[allow(unused_imports)]
        use #derived::AnyShape as _;

        #place

        #[automatically_derived]
        impl #impl_generics #shaped for #ident #ty_generics #where_clause {
            const SHAPE: &'static #json::Shape = #shape;
        }
    }
}

/// Tells whether the type of a field says its shape.
fn is_known(field: &Field) -> bool {
    let attributes = &field.attributes;
    !attributes.is_hidden && !attributes.is_opaque && attributes.serialize_with.is_none()
}

/// The shapes of the types in a model.
struct Shapes<'m, 'i> {
    model: &'m Model<'i>,
    /// The path of the names that derived code has.
    derived: TokenStream,
    json: TokenStream,
    /// The shape of the model is a `static`, so it can be a part of itself. One that depends on a
    /// type cannot.
    has_place: bool,
}

impl<'m, 'i> Shapes<'m, 'i> {
    fn new(model: &'m Model<'i>) -> Self {
        let krate = &model.krate;
        let own = &model.input.generics;
        let is_fields = matches!(model.form, Form::Fields(_));
        Self {
            model,
            derived: quote!(#krate::__private::derived),
            json: quote!(#krate::json),
            has_place: is_fields
                && own.type_params().next().is_none()
                && own.const_params().next().is_none(),
        }
    }

    fn of_field(&self, field: &Field) -> TokenStream {
        match is_known(field) {
            true => self.of_type(&field.ty),
            false => self.any(),
        }
    }

    fn any(&self) -> TokenStream {
        let json = &self.json;
        quote!(&#json::Shape::Any)
    }

    /// Makes the shape of a type, by reference.
    fn of_type(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Array(array) => self.list(&array.elem),
            Type::Group(group) => self.of_type(&group.elem),
            Type::Paren(paren) => self.of_type(&paren.elem),
            Type::Path(path) => {
                let segments = &path.path.segments;
                let is_plain = path.qself.is_none() && segments.len() == 1;
                let name = segments.last();
                let shape = name.and_then(|name| self.of_name(name, is_plain));
                shape.unwrap_or_else(|| self.of_trait(ty))
            }
            Type::Reference(reference) => self.of_type(&reference.elem),
            Type::Slice(slice) => self.list(&slice.elem),
            _ => self.of_trait(ty),
        }
    }

    /// Makes the shape of a type that is known by its name: the core has no trait for those of
    /// `alloc` and `std`, and a model that is a part of itself has no constant yet.
    fn of_name(&self, name: &PathSegment, is_plain: bool) -> Option<TokenStream> {
        let json = &self.json;
        Some(match (&*name.ident.to_string(), &types(name)[..]) {
            ("Arc" | "Box" | "Cow" | "Option" | "Rc" | "Settable", [of]) => self.of_type(of),
            ("BTreeSet" | "HashSet" | "Vec" | "VecDeque", [of, ..]) => self.list(of),
            ("BTreeMap" | "HashMap", [_, of, ..]) => {
                let of = self.of_type(of);
                quote!(&#json::Shape::Map(#of))
            }
            ("String", []) => quote!(&#json::Shape::Leaf),
            // Another module may have a type of the same name.
            _ if is_plain && self.has_place && name.ident == self.model.input.ident => {
                quote!(&__SHAPE)
            }
            _ => return None,
        })
    }

    fn of_trait(&self, ty: &Type) -> TokenStream {
        let derived = &self.derived;
        match generics::mentions(ty.to_token_stream(), &self.model.input.ident) {
            true => self.any(),
            false => quote!(#derived::ShapeOf::<#ty>::SHAPE),
        }
    }

    fn list(&self, of: &Type) -> TokenStream {
        let json = &self.json;
        let of = self.of_type(of);
        quote!(&#json::Shape::List(#of))
    }
}

/// The arguments of a path that are types.
fn types(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
