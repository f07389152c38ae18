// A shopping cart as one writes it for emmett: an initial state, and evolve, which gives the state after an event.
export const initialState = () => ({ status: 'Empty', items: {}, discount: null })

export const evolve = (state, { type, data }) => {
  switch (type) {
    case 'ShoppingCartOpened':
      return { ...state, status: 'Opened', clientId: data.clientId }
    case 'ProductItemAdded': {
      const { productId, quantity, unitPrice } = data.productItem
      const already = state.items[productId]?.quantity ?? 0
      return { ...state, items: { ...state.items, [productId]: { quantity: already + quantity, unitPrice } } }
    }
    case 'ProductItemRemoved': {
      const { productId, quantity } = data.productItem
      const { [productId]: item, ...others } = state.items
      if (item === undefined) throw new Error(`there is no ${productId} in the cart`)
      const left = item.quantity - quantity
      return { ...state, items: left > 0 ? { ...others, [productId]: { ...item, quantity: left } } : others }
    }
    case 'DiscountApplied':
      return { ...state, discount: data.percent }
    case 'ShoppingCartConfirmed':
      return { ...state, status: 'Confirmed', confirmedAt: data.confirmedAt }
    default:
      return state
  }
}
